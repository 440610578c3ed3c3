"""The tables of after-sales. The conventions of ``storage.schema``; moments are business time."""

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
    text,
)

from storage.schema import RowId, metadata

__all__ = ["after_sales", "after_sales_events", "is_open", "metadata"]

_OPEN = text("ended_ms IS NULL")

# One row a case, escalation.after_sales.case. pauses: JSON, a list of [start, end or null]; said: JSON list.
after_sales = Table(
    "after_sales",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", String(280), nullable=False, unique=True),
    Column("conversation_id", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("order_no", Text),
    Column("wants", Text, nullable=False, server_default=""),
    Column("why", Text, nullable=False, server_default=""),
    Column("state", String(20), nullable=False),
    Column("opened_ms", BigInteger, nullable=False),
    Column("acted_ms", BigInteger),
    Column("ended_ms", BigInteger),
    Column("agent", String(80)),
    Column("trouble", Text, nullable=False, server_default=""),
    Column("pauses", Text, nullable=False, server_default="[]"),
    Column("errand", String(280)),
    Column("errand_fen", BigInteger, nullable=False, server_default="0"),
    Column("refunded_fen", BigInteger, nullable=False, server_default="0"),
    Column("said", Text, nullable=False, server_default="[]"),
    Column("version", Integer, nullable=False, server_default="0"),
    # messages.id up to which the customer was heard when something was asked of them.
    Column("heard_id", BigInteger, nullable=False, server_default="0"),
    Column("due_ms", BigInteger),  # what is promised next; null: the customer is to act
    Column("look_ms", BigInteger),  # when the next warning is due
    Index("ix_after_sales_due", "due_ms", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_after_sales_look", "look_ms", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_after_sales_conversation_id", "conversation_id"),
    Index("ix_after_sales_order_no", "order_no"),
    Index("ix_after_sales_ended_ms", "ended_ms"),
)

# What happened in a case, in order, never changed. ref: the key of an errand that it is about.
after_sales_events = Table(
    "after_sales_events",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("case_key", String(280), nullable=False, index=True),
    Column("conversation_id", String(200), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("who", String(80), nullable=False),  # a login; bot, customer, mall or clock
    Column("text", Text, nullable=False, server_default=""),
    Column("ref", String(280), index=True),
    Column("at_ms", BigInteger, nullable=False),
)


def is_open() -> ColumnElement[bool]:
    """The condition of the partial indexes."""
    return after_sales.c.ended_ms.is_(None)
