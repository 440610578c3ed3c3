"""The statements of the delivery, built once: building one anew costs more than running it."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
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
_LINE: ColumnElement[str] = literal_column("'line'")


@cache
def heads(elsewhere: frozenset[str] = frozenset()) -> Select[Any]:
    """``now_ms``, ``most``: the first undelivered reply of each conversation that nobody is speaking in.

    OFFERED is due when its request did not survive the platform's retries; SENDING is due when its sender died.
    ``elsewhere`` are the channels that another process sends on.
    """
    earlier = outbox.alias("earlier")
    waiting = exists().where(inbox.c.conversation_id == outbox.c.conversation_id, is_waiting(inbox))
    first = ~exists().where(
        earlier.c.conversation_id == outbox.c.conversation_id,
        is_undelivered(earlier),
        earlier.c.lane == _LINE,
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
        .where(is_in_line(outbox), outbox.c.lane == _LINE, conversations.c.send_until_ms <= NOW, first)
        .where(*[conversations.c.channel != literal_column(f"'{channel}'") for channel in sorted(elsewhere)])
        .where(or_(outbox.c.due_ms <= NOW, outbox.c.state == literal_column("'sending'")))
        .order_by(outbox.c.id)
        .limit(bindparam("most"))
        .with_for_update(of=(outbox, conversations), skip_locked=True)
    )


def _queues() -> Select[Any]:
    place = func.row_number().over(partition_by=outbox.c.conversation_id, order_by=outbox.c.id).label("place")
    undelivered = (outbox.c.conversation_id.in_(IDS), is_undelivered(outbox), outbox.c.lane == _LINE)
    ranked = select(outbox, place).where(*undelivered).subquery()
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
    .where(outbox.c.id == ROW)
    .values(state=OutboxState.SENDING, attempts=outbox.c.attempts + 1, send_key=bindparam("known_by"))
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
    select(
        conversations.c.id,
        conversations.c.send_token,
        conversations.c.owner,
        conversations.c.agent,
        conversations.c.epoch,
    )
    .where(conversations.c.id.in_(IDS))
    .order_by(conversations.c.id)
    .with_for_update()
)
CHANGE_OWNER = (
    update(conversations)
    .where(conversations.c.id == ROW)
    .values(owner=bindparam("new_owner"), agent=bindparam("new_agent"), epoch=bindparam("new_epoch"))
)
END_LEASES = (
    update(conversations).where(conversations.c.id.in_(IDS)).values(send_token=None, send_until_ms=NOW)
)
"""They end now, and tell from then on until when we spoke."""
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
