"""The statements of the inbox, built once: building one anew costs more than running it."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, case, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.conflicts import insert_or_ignore
from storage.outbox import OutboxState
from storage.schema import conversations, deliveries, inbox, outbox, reply_windows

IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def keep_new(connection: AsyncConnection) -> Any:
    """Inserts callbacks not seen before and returns their id and key."""
    return _returning(insert_or_ignore(connection, inbox, "key"))


@cache
def _returning(statement: Any) -> Any:
    return statement.returning(inbox.c.id, inbox.c.key)


def open_windows(connection: AsyncConnection) -> Any:
    """Opens windows anew: takes columns, ``whose`` (the conversation again) and ``written_ms``.

    ``used`` stays where we have spoken since then. The send lease ends when the last send did, so it tells that.
    """
    return _opening(connection.dialect.name)


@cache
def _opening(dialect: str) -> Any:
    insert_one = sqlite.insert(reply_windows) if dialect == "sqlite" else postgresql.insert(reply_windows)
    spoke_until = (
        select(conversations.c.send_until_ms)
        .where(conversations.c.id == bindparam("whose"))
        .scalar_subquery()
    )
    return insert_one.on_conflict_do_update(
        index_elements=("conversation_id", "trigger"),
        set_={
            "opened_ms": insert_one.excluded.opened_ms,
            "used": case((spoke_until >= bindparam("written_ms"), reply_windows.c.used), else_=0),
        },
    )


EARLIER = select(inbox.c.id, inbox.c.key, inbox.c.answer, inbox.c.answer_body, inbox.c.decide_by_ms).where(
    inbox.c.key.in_(bindparam("keys", expanding=True))
)
DECIDED = (
    select(inbox.c.id, inbox.c.key, inbox.c.answer, inbox.c.answer_body)
    .where(inbox.c.key.in_(bindparam("keys", expanding=True)))
    .where(inbox.c.answer.is_not(None))
)
DECIDE_ACTIVE = update(inbox).where(inbox.c.id.in_(IDS), inbox.c.answer.is_(None)).values(answer="active")
ANSWERS = select(inbox.c.id, inbox.c.answer, inbox.c.answer_body).where(inbox.c.id.in_(IDS))

END_SPEAKING = (
    update(conversations)
    .where(conversations.c.send_token == bindparam("token"))
    .where(
        conversations.c.id
        == select(inbox.c.conversation_id).where(inbox.c.id == bindparam("spoken")).scalar_subquery()
    )
    .values(send_token=None, send_until_ms=bindparam("now_ms"))
)
SPOKEN = (
    update(outbox)
    .where(outbox.c.inbox_id.in_(IDS), outbox.c.state == OutboxState.OFFERED)
    .values(state=OutboxState.SENT, sent_ms=bindparam("now_ms"))
    .returning(outbox.c.id)
)
RECORD = insert(deliveries)

OFFERED = (
    select(
        inbox.c.answer_body,
        inbox.c.received_ms,
        outbox.c.id,
        outbox.c.state,
        outbox.c.epoch,
        conversations.c.id.label("conversation_id"),
        conversations.c.epoch.label("current_epoch"),
    )
    .join(outbox, outbox.c.inbox_id == inbox.c.id)
    .join(conversations, conversations.c.id == inbox.c.conversation_id)
    .where(inbox.c.id == bindparam("inbox_id"))
    .with_for_update(of=conversations)
)
START_SPEAKING = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(send_token=bindparam("token"), send_until_ms=bindparam("until_ms"))
)
