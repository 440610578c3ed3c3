"""Tables of customer groups and mass messages, beside those of ``storage.schema``; the same conventions."""

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
    literal_column,
    text,
)

from storage.schema import metadata

__all__ = ["customer_groups", "is_stale", "is_unfinished", "mass_receipts", "mass_tasks", "metadata"]

_STALE = text("stale = 1")
_UNFINISHED = text("state IN ('pending', 'partly')")

# The mirror of each customer group. changes grows with every event, so that a reading which began before an event
# does not count as newer than it; stale = 1: read the group again.
customer_groups = Table(
    "customer_groups",
    metadata,
    Column("chat_id", String(120), primary_key=True),
    Column("name", String(200), nullable=False, server_default=""),
    Column("owner", String(80), nullable=False, server_default=""),
    Column("roster", Text, nullable=False, server_default="{}"),
    Column("version", String(120), nullable=False, server_default=""),
    Column("dismissed", Integer, nullable=False, server_default="0"),
    Column("stale", Integer, nullable=False, server_default="1"),
    Column("changes", BigInteger, nullable=False, server_default="0"),
    Column("read_ms", BigInteger, nullable=False, server_default="0"),
    Index("ix_customer_groups_stale", "chat_id", sqlite_where=_STALE, postgresql_where=_STALE),
    Index("ix_customer_groups_owner", "owner"),
)

# Mass messages that members were asked to send. key is ours, msgid the platform's once the task is made.
mass_tasks = Table(
    "mass_tasks",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("msgid", String(120), unique=True),
    Column("kind", String(10), nullable=False),  # single | group
    Column("sender", String(80), nullable=False, server_default=""),
    Column("receivers", Text, nullable=False),
    Column("left_out", Text, nullable=False, server_default="[]"),
    # creating → pending → partly → confirmed | cancelled; or refused; or unknown: its answer was lost.
    Column("state", String(10), nullable=False),
    Column("members", Text, nullable=False, server_default="[]"),
    Column("error", Text),
    Column("created_ms", BigInteger, nullable=False),
    Column("reminded_ms", BigInteger, nullable=False, server_default="0"),
    Column("checked_ms", BigInteger, nullable=False, server_default="0"),
    Index("ix_mass_tasks_unfinished", "checked_ms", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
)

# What became of each receiver of each member's message. sent_ms is null while nothing was sent.
mass_receipts = Table(
    "mass_receipts",
    metadata,
    Column("msgid", String(120), primary_key=True),
    Column("userid", String(80), primary_key=True),
    Column("receiver", String(120), primary_key=True),
    Column("status", Integer, nullable=False),
    Column("sent_ms", BigInteger),
    Index("ix_mass_receipts_receiver_sent_ms", "receiver", "sent_ms"),
)


def is_stale() -> ColumnElement[bool]:
    """The condition of ``ix_customer_groups_stale``, spelled as the index spells it."""
    return customer_groups.c.stale == literal_column("1")


def is_unfinished() -> ColumnElement[bool]:
    """The condition of ``ix_mass_tasks_unfinished``, spelled as the index spells it."""
    return mass_tasks.c.state.in_([literal_column("'pending'"), literal_column("'partly'")])
