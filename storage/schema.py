"""Every table. Times are whole milliseconds since 1970 UTC; JSON is text written by us; states are short words."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    literal_column,
    text,
)

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)

# SQLite counts rows only with an INTEGER key; PostgreSQL needs the wider type.
RowId = BigInteger().with_variant(Integer, "sqlite")

# Partial indexes are used only by queries that spell the condition alike, with constants:
# is_waiting, is_undelivered and is_in_line, at the end.
_WAITING = text("state = 'waiting'")
_UNDELIVERED = text("state IN ('pending', 'offered', 'sending', 'deferred')")
_IN_LINE = text("state IN ('pending', 'offered', 'sending')")
_BY_CODE = text("lane = 'code' AND state IN ('pending', 'sending')")
_UNFETCHED = text("state = 'waiting'")
_WITH_PEOPLE = text("owner != 'bot'")
_OPEN = text("state = 'open'")
_TAKEN = text("state = 'taken'")

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("account", String(80), nullable=False),
    Column("peer", String(120), nullable=False),
    Column("first_seen_ms", BigInteger, nullable=False),
    Column("owner", String(10), nullable=False, server_default="bot"),
    Column("agent", String(80)),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("context", Text, nullable=False, server_default="{}"),
    # The turn lease: who thinks about this conversation's next message, and until when (real time).
    Column("turn_token", String(80)),
    Column("turn_until_ms", BigInteger, nullable=False, server_default="0"),
    # The send lease: somebody is speaking in this conversation; a person's claim waits for its end (real time).
    Column("send_token", String(80)),
    Column("send_until_ms", BigInteger, nullable=False, server_default="0"),
    Index(
        "ix_conversations_with_people", "channel", sqlite_where=_WITH_PEOPLE, postgresql_where=_WITH_PEOPLE
    ),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", String(250), nullable=False, unique=True),
    Column("conversation_id", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("state", String(10), nullable=False, server_default="waiting"),  # waiting | done | dead
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_ms", BigInteger, nullable=False),
    Column("error", Text),
    # How the callback is answered: null until decided, then passive or active, once and for all.
    Column("answer", String(10)),
    Column("answer_body", Text),
    Column("decide_by_ms", BigInteger, nullable=False),
    Index(
        "ix_inbox_waiting",
        "conversation_id",
        "id",
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    ),
    Index(
        "ix_inbox_line",
        "id",
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    ),
    Index(
        "ix_inbox_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")
    ),
)

reply_windows = Table(
    "reply_windows",
    metadata,
    Column("conversation_id", String(200), primary_key=True),
    Column("trigger", String(20), primary_key=True),
    Column("opened_ms", BigInteger, nullable=False),
    Column("used", Integer, nullable=False, server_default="0"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", String(280), nullable=False, unique=True),
    Column("conversation_id", String(200), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("kind", String(12), nullable=False),  # chat | transition | notice
    Column("body", Text, nullable=False),
    # pending → sending → sent | dead; offered = in a passive answer; deferred = waits for the person's
    # next action; withheld = overtaken by a change of owner, shown to the agent.
    Column("state", String(10), nullable=False),
    Column("inbox_id", RowId),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("unknowns", Integer, nullable=False, server_default="0"),
    Column("due_ms", BigInteger, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("sent_ms", BigInteger),
    Column("platform_id", String(120)),
    Column("error", Text),
    # line: in order behind what was said before; code: spends a code that ends in seconds, and waits for nothing.
    Column("lane", String(5), nullable=False, server_default="line"),
    # What the platform knows this message by; replies that went out together share it.
    Column("send_key", String(300)),
    # Grows when the platform took the message and reported later that it did not arrive.
    Column("edition", Integer, nullable=False, server_default="0"),
    Index(
        "ix_outbox_by_code",
        "id",
        sqlite_where=_BY_CODE,
        postgresql_where=_BY_CODE,
    ),
    Index("ix_outbox_platform_id", "platform_id"),
    Index(
        "ix_outbox_undelivered",
        "conversation_id",
        "id",
        sqlite_where=_UNDELIVERED,
        postgresql_where=_UNDELIVERED,
    ),
    Index(
        "ix_outbox_line",
        "id",
        sqlite_where=_IN_LINE,
        postgresql_where=_IN_LINE,
    ),
    Index(
        "ix_outbox_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")
    ),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("outbox_id", RowId, nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("route", String(10), nullable=False),  # passive | api
    Column("outcome", String(20), nullable=False),  # sent | not_sent | unknown | window_closed | refused
    Column("detail", Text),
    Column("at_ms", BigInteger, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", String(280), nullable=False, unique=True),
    Column("conversation_id", String(200), nullable=False),
    Column("author", String(90), nullable=False),  # customer | bot | agent:NAME
    Column("body", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_messages_conversation_id_id", "conversation_id", "id"),
)

facts = Table(
    "facts",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", String(280), nullable=False, unique=True),
    Column("name", String(60), nullable=False, index=True),
    Column("conversation_id", String(200)),
    Column("details", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("key", String(280), primary_key=True),
    Column("conversation_id", String(200), nullable=False, index=True),
    Column("reason", String(30), nullable=False),
    Column("summary", Text, nullable=False),
    Column("state", String(20), nullable=False),  # open | taken | closed
    Column("opened_ms", BigInteger, nullable=False),
    Column("taken_by", String(80)),
    Column("taken_ms", BigInteger),
    Column("closed_by", String(80)),
    Column("closed_ms", BigInteger),
    Index("ix_cases_open", "opened_ms", "key", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_cases_taken", "taken_by", "opened_ms", sqlite_where=_TAKEN, postgresql_where=_TAKEN),
)

# 微信客服: where the pulling of each account stands. A bell is a callback that says "pull"; served_bells are those
# that a pull began after. The lease (real time) makes one puller per account.
kefu_accounts = Table(
    "kefu_accounts",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("cursor", String(200), nullable=False, server_default=""),
    Column("bells", BigInteger, nullable=False, server_default="0"),
    Column("served_bells", BigInteger, nullable=False, server_default="0"),
    Column("bell_token", String(200), nullable=False, server_default=""),
    Column("bell_ms", BigInteger, nullable=False, server_default="0"),
    Column("lease_token", String(80)),
    Column("lease_until_ms", BigInteger, nullable=False, server_default="0"),
    Column("due_ms", BigInteger, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("pulled_ms", BigInteger, nullable=False, server_default="0"),
)

# When a platform last verified our address and last called it, for people who ask why nothing arrives.
callbacks_seen = Table(
    "callbacks_seen",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("verified_ms", BigInteger, nullable=False, server_default="0"),
    Column("received_ms", BigInteger, nullable=False, server_default="0"),
)

# What the platform last said about a 微信客服 session; state null: unknown, ask before speaking.
kefu_sessions = Table(
    "kefu_sessions",
    metadata,
    Column("conversation_id", String(200), primary_key=True),
    Column("state", Integer),
    Column("servicer", String(80)),
    Column("checked_ms", BigInteger, nullable=False, server_default="0"),
    Column("code_granted", Integer, nullable=False, server_default="0"),
)

# Files that people sent: fetched at once, because the platforms keep them three days.
media = Table(
    "media",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("key", String(280), nullable=False, unique=True),
    Column("conversation_id", String(200), nullable=False, index=True),
    Column("media_id", String(300), nullable=False),
    Column("kind", String(10), nullable=False),  # image | voice | video | file
    Column("state", String(10), nullable=False, server_default="waiting"),  # waiting | kept | refused | lost
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_ms", BigInteger, nullable=False),
    Column("file", String(200)),
    Column("content_type", String(100)),
    Column("bytes", BigInteger),
    Column("error", Text),
    Column("created_ms", BigInteger, nullable=False),
    Index("ix_media_waiting", "due_ms", sqlite_where=_UNFETCHED, postgresql_where=_UNFETCHED),
)

mall_orders = Table(
    "mall_orders",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("owner_ref", String(200), index=True),
    Column("status", String(20), nullable=False),
    Column("placed_at", BigInteger, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)


# 智能机器人: who holds the one connection that each bot may have. The lease is in real time.
aibot_connections = Table(
    "aibot_connections",
    metadata,
    Column("bot_id", String(80), primary_key=True),
    Column("lease_token", String(80)),
    Column("lease_until_ms", BigInteger, nullable=False, server_default="0"),
)


def is_waiting(table: FromClause) -> ColumnElement[bool]:
    """The condition of the inbox's partial indexes; ``table`` is the inbox or an alias of it."""
    return table.c.state == literal_column("'waiting'")


def has_people(table: FromClause) -> ColumnElement[bool]:
    """The condition of ``ix_conversations_with_people``: the queue or an agent owns the conversation."""
    return table.c.owner != literal_column("'bot'")


def is_undelivered(table: FromClause) -> ColumnElement[bool]:
    """The condition of ``ix_outbox_undelivered``: not sent yet, whatever it waits for."""
    return _state_in(table, "pending", "offered", "sending", "deferred")


def is_in_line(table: FromClause) -> ColumnElement[bool]:
    """The condition of ``ix_outbox_line``: not sent yet, and not waiting for the person's next action."""
    return _state_in(table, "pending", "offered", "sending")


def is_by_code(table: FromClause) -> ColumnElement[bool]:
    """The condition of ``ix_outbox_by_code``: it spends a code and is not sent yet."""
    return (table.c.lane == literal_column("'code'")) & _state_in(table, "pending", "sending")


def _state_in(table: FromClause, *states: str) -> ColumnElement[bool]:
    return table.c.state.in_([literal_column(f"'{state}'") for state in states])
