"""The statements of the delivery, built once: building one anew costs more than running it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    Select,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from storage.outbox import OutboxState
from storage.schema import (
    conversations,
    deliveries,
    inbox,
    is_in_line,
    is_undelivered,
    is_waiting,
    outbox,
    reply_windows,
)

IDS: BindParameter[Any] = bindparam("ids", expanding=True)
NOW: BindParameter[int] = bindparam("now_ms")
ROW: BindParameter[int] = bindparam("row_id")


def _heads() -> Select[Any]:
    earlier = outbox.alias("earlier")
    waiting = exists().where(inbox.c.conversation_id == outbox.c.conversation_id, is_waiting(inbox))
    first = ~exists().where(
        earlier.c.conversation_id == outbox.c.conversation_id,
        is_undelivered(earlier),
        earlier.c.id < outbox.c.id,
    )
    return (
        select(
            outbox.c.conversation_id,
            conversations.c.owner,
            conversations.c.agent,
            conversations.c.epoch,
            waiting.label("waiting"),
        )
        .join(conversations, conversations.c.id == outbox.c.conversation_id)
        .where(is_in_line(outbox), conversations.c.send_until_ms <= NOW, first)
        .where(or_(outbox.c.due_ms <= NOW, outbox.c.state == literal_column("'sending'")))
        .order_by(outbox.c.id)
        .limit(bindparam("most"))
        .with_for_update(of=(outbox, conversations), skip_locked=True)
    )


HEADS = _heads()
"""``now_ms``, ``most``: the first undelivered reply of each conversation that nobody is speaking in, when it is due.

OFFERED is due when its request did not survive the platform's retries; SENDING is due when its sender died.
"""


def _queues() -> Select[Any]:
    place = func.row_number().over(partition_by=outbox.c.conversation_id, order_by=outbox.c.id).label("place")
    ranked = select(outbox, place).where(outbox.c.conversation_id.in_(IDS), is_undelivered(outbox)).subquery()
    return select(ranked).where(ranked.c.place <= bindparam("most")).order_by(ranked.c.id)


QUEUES = _queues()
"""``ids``, ``most``: the oldest undelivered replies of these conversations."""

WINDOWS = select(reply_windows).where(reply_windows.c.conversation_id.in_(IDS))

TAKE_LEASES = (
    update(conversations)
    .where(conversations.c.id.in_(IDS))
    .values(send_token=bindparam("token"), send_until_ms=bindparam("until_ms"))
)
START_SENDING = (
    update(outbox)
    .where(outbox.c.id.in_(IDS))
    .values(state=OutboxState.SENDING, attempts=outbox.c.attempts + 1)
)
NO_LONGER_PASSIVE = (
    update(inbox)
    .where(inbox.c.id.in_(select(outbox.c.inbox_id).where(outbox.c.id.in_(IDS))))
    .values(answer="active")
)
COUNT_UNKNOWNS = update(outbox).where(outbox.c.id.in_(IDS)).values(unknowns=outbox.c.unknowns + 1)
WITHHOLD = update(outbox).where(outbox.c.id.in_(IDS)).values(state=OutboxState.WITHHELD)
DEFER = update(outbox).where(outbox.c.id == ROW).values(state=OutboxState.DEFERRED, error=bindparam("why"))
HOLD = update(outbox).where(outbox.c.id == ROW).values(due_ms=bindparam("due"))
CHARGE = (
    update(reply_windows)
    .where(reply_windows.c.conversation_id == bindparam("conversation"))
    .where(reply_windows.c.trigger == bindparam("window"))
    .values(used=reply_windows.c.used + bindparam("by"))
)

LEASES = (
    select(conversations.c.id, conversations.c.send_token)
    .where(conversations.c.id.in_(IDS))
    .order_by(conversations.c.id)
    .with_for_update()
)
END_LEASES = update(conversations).where(conversations.c.id.in_(IDS)).values(send_token=None, send_until_ms=0)
OUTCOME = (
    update(outbox)
    .where(outbox.c.id == ROW)
    .values(
        state=bindparam("new_state"),
        error=bindparam("why"),
        platform_id=bindparam("their_id"),
        sent_ms=bindparam("sent"),
        due_ms=bindparam("due"),
        unknowns=outbox.c.unknowns + bindparam("lost"),
    )
)
RECORD = insert(deliveries)
