"""The tables that keep customers' tags in step with WeCom's (企业标签). The conventions of ``storage.schema``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from storage.schema import metadata

__all__ = ["metadata", "wecom_tag_looks", "wecom_tags", "wecom_tags_waiting"]

# Customers to be looked at in WeCom, told by it or by a change of tags. mark changes with every telling and every
# taking, so whoever has taken one knows at the end whether something was told meanwhile.
wecom_tags_waiting = Table(
    "wecom_tags_waiting",
    metadata,
    Column("external_userid", String(200), primary_key=True),  # or the name of the list of tags
    Column("due_ms", BigInteger, nullable=False, index=True),
    Column("mark", String(16), nullable=False),
)

# What the last look came to. identity_id: identities.id, of kind external_userid.
wecom_tag_looks = Table(
    "wecom_tag_looks",
    metadata,
    Column("identity_id", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "by_rules", Text
    ),  # JSON list of the names that WeCom now has; null: they could not be brought there
    Column("followers", Integer, nullable=False),  # members who had the customer as a contact
    Column("looked_ms", BigInteger, nullable=False),
)

# The tags that stood in WeCom when it was last looked at. userid: the member at whose contact they stand.
wecom_tags = Table(
    "wecom_tags",
    metadata,
    Column("identity_id", BigInteger, primary_key=True, autoincrement=False),
    Column("userid", String(80), primary_key=True),
    Column("tag_group", String(64), primary_key=True),
    Column("tag", String(64), primary_key=True),
    Column("from_people", Integer, nullable=False),  # 0: in the group of tags by rules
    Column("since_ms", BigInteger, nullable=False),  # first seen
    Index("ix_wecom_tags_tag_group_tag", "tag_group", "tag"),
)
