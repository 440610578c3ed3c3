"""The tables of service by people: who waits for whom, who serves whom, and what happened. The conventions of
``storage.schema``; moments are business time unless it is said that they are real.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from storage.schema import RowId, metadata

__all__ = [
    "agents",
    "canned_replies",
    "is_under_way",
    "mentions",
    "metadata",
    "service_events",
    "services",
    "stewards",
]

_UNDER_WAY = text("state != 'ended'")
_UNSEEN = text("seen_ms IS NULL")

# One time that people serve a customer, from the wish for a person until somebody ends it. A conversation has at most
# one under way: the partial index sees to it.
services = Table(
    "services",
    metadata,
    Column("key", String(280), primary_key=True),  # cases.key
    Column("conversation_id", String(200), nullable=False),
    Column("state", String(10), nullable=False),  # later | waiting | serving | ended
    Column("opened_ms", BigInteger, nullable=False),
    Column("queued_ms", BigInteger),
    Column("due_ms", BigInteger),  # later: when it joins the queue
    Column("rank", Integer, nullable=False, server_default="0"),
    Column("weight", Integer, nullable=False, server_default="1"),
    Column("vip", Integer, nullable=False, server_default="0"),
    Column("skills", Text, nullable=False, server_default="[]"),  # JSON list
    Column("own", String(80), nullable=False, server_default=""),
    Column("deputies", Text, nullable=False, server_default="[]"),  # JSON list
    Column("last", String(80), nullable=False, server_default=""),
    Column("agent", String(80)),
    Column("tier", String(10)),
    Column("claimed_ms", BigInteger),
    Column("replied_ms", BigInteger),  # the first words of a person
    Column("snoozed_ms", BigInteger),  # out of sight until then
    Column("ended_ms", BigInteger),
    Column("ended_by", String(80)),
    Column("ending", String(20)),
    Column("asked_ms", BigInteger),  # when a rating was asked for
    Column("score", Integer),  # 1 to 5
    Column("scored_ms", BigInteger),
    Column("comment", Text),
    Column("recommend_asked_ms", BigInteger),  # when it was asked whether they would recommend the shop
    Column("recommends", Integer),  # 0 to 10
    Index(
        "ux_services_under_way",
        "conversation_id",
        unique=True,
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    ),
    Index("ix_services_state", "state", sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
    Index("ix_services_conversation_id_opened_ms", "conversation_id", "opened_ms"),
    Index("ix_services_ended_ms", "ended_ms"),
)

# What happened in a service, in order; notes and whispers of colleagues stand here too. Never changed.
service_events = Table(
    "service_events",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("service_key", String(280), nullable=False),
    Column("conversation_id", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("who", String(80), nullable=False),  # a login; bot, customer or clock
    Column("whom", String(80), nullable=False, server_default=""),
    Column("text", Text, nullable=False, server_default=""),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_service_events_conversation_id_id", "conversation_id", "id"),
    Index("ix_service_events_service_key", "service_key"),
)

# Who serves customers at the desk, and whether they are there. login: the account in the console.
agents = Table(
    "agents",
    metadata,
    Column("login", String(80), primary_key=True),
    Column("receiving", Integer, nullable=False, server_default="0"),  # what they chose
    Column("room", Integer, nullable=False, server_default="8"),  # weights of conversations at once
    Column("skills", Text, nullable=False, server_default="[]"),  # JSON list
    Column("vip", Integer, nullable=False, server_default="0"),
    Column("deputies", Text, nullable=False, server_default="[]"),  # JSON list of logins, in their order
    Column("idle_ms", BigInteger, nullable=False, server_default="0"),  # took the last customer on, or came
    Column("seen_ms", BigInteger, nullable=False, server_default="0"),  # their desk was open (real time)
)

# VIP 管家: the one agent of a customer of high value. identity_id: identities.id, one of the customer's.
stewards = Table(
    "stewards",
    metadata,
    Column("identity_id", BigInteger, primary_key=True, autoincrement=False),
    Column("login", String(80), nullable=False, index=True),
    Column("since_ms", BigInteger, nullable=False),
    Column("by", String(80), nullable=False),  # a login; rule when it was the product's choice
)


# Whom a colleague's note asks to look. login: of who is asked; seen_ms (real): when they opened the conversation.
mentions = Table(
    "mentions",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("conversation_id", String(200), nullable=False, index=True),
    Column("login", String(80), nullable=False),
    Column("by", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger),
    Index(
        "ix_mentions_unseen",
        "login",
        sqlite_where=text("seen_ms IS NULL"),
        postgresql_where=text("seen_ms IS NULL"),
    ),
)

# Canned replies: what agents say again and again. owner: a login who alone uses it; empty: it is everybody's.
canned_replies = Table(
    "canned_replies",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("owner", String(80), nullable=False, server_default=""),
    Column("name", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),  # written for colleagues once it is said
    Column(
        "ending", String(20), nullable=False, server_default=""
    ),  # how the service ends with it; empty: not
    Column("changed_by", String(80), nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    UniqueConstraint("owner", "name"),
)


def is_under_way(table: Table = services) -> ColumnElement[bool]:
    """The condition of the partial indexes of services, spelled alike."""
    return table.c.state != literal_column("'ended'")
