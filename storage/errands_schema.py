"""The table of what the shop's system is to do. The conventions of ``storage.schema``."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Index,
    Integer,
    String,
    Table,
    Text,
    literal_column,
    text,
)

from storage.schema import RowId, metadata

__all__ = ["errands", "is_pending", "metadata"]

_PENDING = text("state = 'pending'")
_DEAD = text("state = 'dead'")

# One row an errand, written with its turn. key: the turn's key and a number; the mall knows it by it. details: JSON.
errands = Table(
    "errands",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", String(280), nullable=False, unique=True),
    Column("conversation_id", String(200), nullable=False),
    Column("customer_ref", String(200), nullable=False),
    Column("kind", String(20), nullable=False),  # conversations.errands.ErrandKind
    Column("order_no", Text),
    Column("details", Text, nullable=False),
    Column("state", String(10), nullable=False, server_default="pending"),  # pending | done | declined | dead
    Column("attempts", Integer, nullable=False, server_default="0"),
    # How often somebody took it from the dead list.
    Column("replays", Integer, nullable=False, server_default="0"),
    Column("due_ms", BigInteger, nullable=False),
    # Who asks the mall for it now, and until when that counts (real time).
    Column("lease_token", String(80)),
    Column("lease_until_ms", BigInteger, nullable=False, server_default="0"),
    Column("error", Text),
    # What the mall answered: JSON with accepted, text, reference.
    Column("receipt", Text),
    Column("created_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Index("ix_errands_pending", "conversation_id", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_errands_line", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_errands_dead", "id", sqlite_where=_DEAD, postgresql_where=_DEAD),
)


def is_pending(table: FromClause) -> ColumnElement[bool]:
    """The condition of the partial indexes, with constants; ``table`` is ``errands`` or an alias of it."""
    return table.c.state == literal_column("'pending'")
