"""The statements of claim and commit, built once: building one anew costs more than running it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, func, insert, select, update

from storage.schema import conversations, facts, inbox, is_undelivered, is_waiting, outbox

IDS: BindParameter[Any] = bindparam("ids", expanding=True)
NOW: BindParameter[int] = bindparam("now_ms")


def _claimable() -> Select[Any]:
    earlier = inbox.alias("earlier")
    behind = inbox.alias("behind")
    first_in_line: ColumnElement[bool] = ~exists().where(
        earlier.c.conversation_id == inbox.c.conversation_id,
        is_waiting(earlier),
        earlier.c.id < inbox.c.id,
    )
    waiting_behind = (
        select(func.count())
        .where(
            behind.c.conversation_id == inbox.c.conversation_id,
            is_waiting(behind),
            behind.c.id > inbox.c.id,
        )
        .scalar_subquery()
    )
    return (
        select(
            inbox.c.id,
            inbox.c.key,
            inbox.c.body,
            inbox.c.attempts,
            inbox.c.received_ms,
            inbox.c.conversation_id,
            conversations.c.owner,
            conversations.c.agent,
            conversations.c.epoch,
            conversations.c.context,
            conversations.c.first_seen_ms,
            waiting_behind.label("behind"),
        )
        .join(conversations, conversations.c.id == inbox.c.conversation_id)
        .where(is_waiting(inbox), inbox.c.due_ms <= NOW, conversations.c.turn_until_ms <= NOW)
        .where(first_in_line)
        .order_by(inbox.c.id)
        .limit(bindparam("most"))
        .with_for_update(of=(inbox, conversations), skip_locked=True)
    )


CLAIMABLE = _claimable()
"""``now_ms``, ``most``: the oldest waiting message of each conversation that nobody thinks about, oldest first."""

TAKE_LEASES = (
    update(conversations)
    .where(conversations.c.id.in_(IDS))
    .values(turn_token=bindparam("token"), turn_until_ms=bindparam("until_ms"))
)
COUNT_ATTEMPTS = update(inbox).where(inbox.c.id.in_(IDS)).values(attempts=inbox.c.attempts + 1)

HOLD_CONVERSATIONS = (
    select(conversations.c.id)
    .where(conversations.c.id.in_(IDS))
    .order_by(conversations.c.id)
    .with_for_update()
)
"""PostgreSQL locks them, always in the same order; SQLite has one writer anyway."""

HELD = (
    select(
        inbox.c.id,
        inbox.c.state,
        inbox.c.answer,
        inbox.c.decide_by_ms,
        conversations.c.turn_token,
        conversations.c.epoch,
    )
    .join(conversations, conversations.c.id == inbox.c.conversation_id)
    .where(inbox.c.id.in_(IDS))
    .order_by(inbox.c.id)
    .with_for_update(of=inbox)
)
BUSY = (
    select(outbox.c.conversation_id)
    .where(outbox.c.conversation_id.in_(IDS), is_undelivered(outbox))
    .distinct()
)
"""Conversations in which something said earlier is still on its way."""

FINISH = (
    update(inbox)
    .where(inbox.c.id == bindparam("row_id"))
    .values(
        state=bindparam("new_state"),
        error=bindparam("new_error"),
        answer=bindparam("new_answer"),
        answer_body=bindparam("new_body"),
    )
)
LEAVE = (
    update(conversations)
    .where(conversations.c.id == bindparam("row_id"))
    .values(
        context=bindparam("new_context"),
        owner=bindparam("new_owner"),
        agent=bindparam("new_agent"),
        epoch=bindparam("new_epoch"),
        turn_token=None,
        turn_until_ms=0,
    )
)
GRANT_SPEAKING = (
    update(conversations)
    .where(conversations.c.id == bindparam("row_id"))
    .values(send_token=bindparam("token"), send_until_ms=bindparam("until_ms"))
)
RECORD_FACTS = insert(facts)
