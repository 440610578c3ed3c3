"""Tables of the demo mall beside its orders. The conventions of ``storage.schema``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from storage.schema import RowId, metadata

__all__ = ["mall_changes", "mall_points", "mall_rewards", "metadata"]

mall_points = Table(
    "mall_points",
    metadata,
    Column("owner_ref", String(200), primary_key=True),
    Column("points", Integer, nullable=False),
)

mall_rewards = Table(
    "mall_rewards",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("points", Integer, nullable=False),
)

# What the mall was asked to change: one row a key, with the receipt that every repetition gets. details: JSON.
mall_changes = Table(
    "mall_changes",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", String(300), nullable=False, unique=True),
    Column("customer_ref", String(200), nullable=False),
    Column("kind", String(20), nullable=False),  # conversations.errands.ErrandKind
    Column("order_no", Text),
    Column("details", Text, nullable=False),
    Column("accepted", Integer, nullable=False, server_default="0"),  # 1 | 0
    Column("text", Text, nullable=False, server_default=""),
    Column("reference", String(40)),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_mall_changes_order_no_kind", "order_no", "kind"),
)
