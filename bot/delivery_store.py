"""The delivery's two transactions: take what is next in line under a send lease, and record what became of it.

While a conversation's send lease lasts, a person's claim to it waits (``bot.ownership``), and nobody else sends in it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, insert, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.sending import Defer, Hold, Plan, Queued, Send, plan
from channels.limits import ReplyLimits, Window
from conversations.address import Address
from conversations.clock import Clock
from conversations.inbound import Trigger
from conversations.ownership import Owner, Ownership
from conversations.replies import Reply, ReplyKind, from_stored
from storage.database import Database
from storage.groups import GroupCommit
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
from storage.times import from_ms, now_ms, to_ms

SEND_LEASE_MS = 8_000
"""Longer than any send may take (``send_timeout_seconds`` is at most 6), shorter than a takeover may last."""
_QUEUE_LIMIT = 20
_CUT_OFF = (OutboxState.SENDING, OutboxState.OFFERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One message to send now, and the right to do so. ``outbox_ids`` are the replies that it carries."""

    address: Address
    outbox_ids: tuple[int, ...]
    reply: Reply
    trigger: Trigger
    token: str
    attempts: int
    unknowns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What became of a dispatch. ``due_in_ms`` is set for PENDING; ``refund`` gives the slot back (surely not sent)."""

    dispatch: Dispatch
    state: OutboxState
    outcome: str
    detail: str = ""
    platform_id: str | None = None
    due_in_ms: int = 0
    unknown: bool = False
    refund: bool = False


@dataclass(frozen=True, slots=True)
class _Taken:
    """What one claim writes, collected over its conversations."""

    dispatches: list[Dispatch] = field(default_factory=list)
    sending: list[int] = field(default_factory=list)
    cut_off: list[Any] = field(default_factory=list)
    withheld: list[int] = field(default_factory=list)
    deferred: list[dict[str, Any]] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    charged: list[dict[str, Any]] = field(default_factory=list)


class DeliveryStore:
    def __init__(
        self, database: Database, *, worker: str, clock: Clock, limits: Callable[[Address], ReplyLimits]
    ) -> None:
        self._database = database
        self._worker = worker
        self._clock = clock
        self._limits = limits
        self._records: GroupCommit[Record, None] = GroupCommit(self._record)

    async def claim(self, limit: int) -> tuple[list[Dispatch], bool]:
        """What may be sent now, at most one message a conversation; and whether anything at all was in line."""
        now = now_ms()
        token = f"{self._worker}:{secrets.token_hex(6)}"
        async with self._database.writing() as connection:
            heads = (await connection.execute(_heads(now, limit))).all()
            if not heads:
                return [], False
            ids = [row.conversation_id for row in heads]
            queues = await _queues(connection, ids)
            windows = await _windows(connection, ids)
            taken = _Taken()
            for head in heads:
                self._take(
                    head, queues[head.conversation_id], windows.get(head.conversation_id, []), token, taken
                )
            await _write_taken(connection, taken, token, now)
        return taken.dispatches, True

    async def record(self, record: Record) -> None:
        await self._records.submit(record)

    def _take(
        self, head: Any, queue: Sequence[Any], windows: list[Window], token: str, taken: _Taken
    ) -> None:
        now = self._clock.now()
        address = Address.parse(head.conversation_id)
        decided = plan(
            [_queued(row) for row in queue],
            ownership=Ownership(owner=Owner(head.owner), agent=head.agent, epoch=head.epoch),
            windows=windows,
            limits=self._limits(address),
            now=now,
            more_coming=bool(head.waiting),
        )
        taken.withheld.extend(decided.withheld)
        taken.cut_off.extend(row for row in queue if row.id in decided.withheld and row.state in _CUT_OFF)
        live = [row for row in queue if row.id not in decided.withheld]
        self._apply(decided, address, live, token, taken)

    def _apply(self, decided: Plan, address: Address, live: list[Any], token: str, taken: _Taken) -> None:
        match decided.step:
            case Send(outbox_ids=ids, reply=reply, trigger=trigger):
                rows = [row for row in live if row.id in ids]
                taken.sending.extend(ids)
                taken.cut_off.extend(row for row in rows if row.state in _CUT_OFF)
                taken.charged.append({"conversation": address.conversation_id, "window": trigger, "by": 1})
                taken.dispatches.append(
                    Dispatch(
                        address=address,
                        outbox_ids=ids,
                        reply=reply,
                        trigger=trigger,
                        token=token,
                        attempts=max(row.attempts for row in rows) + 1,
                        unknowns=max(row.unknowns + _died(row) for row in rows),
                    )
                )
            case Defer(reason=reason):
                taken.cut_off.extend(row for row in live if row.state in _CUT_OFF)
                taken.deferred.extend({"row_id": row.id, "why": f"deferred: {reason}"} for row in live)
            case Hold(until=until):
                wait_ms = max(20, min(to_ms(until) - to_ms(self._clock.now()), 5_000))
                taken.held.append({"row_id": live[0].id, "due": now_ms() + wait_ms})
            case None:
                pass

    async def _record(self, group: Sequence[Record]) -> list[None]:
        now = now_ms()
        async with self._database.writing() as connection:
            held = await _hold(connection, group)
            records = [record for record in group if record.dispatch.address.conversation_id in held]
            if records:
                await _write_records(connection, records, now)
        return [None] * len(group)


def _heads(now: int, limit: int) -> Select[Any]:
    """The first undelivered reply of each conversation that nobody is speaking in, when it is due.

    OFFERED is due when its request did not survive the platform's retries; SENDING is due when its sender died.
    """
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
        .where(is_in_line(outbox), conversations.c.send_until_ms <= now, first)
        .where(or_(outbox.c.due_ms <= now, outbox.c.state == literal_column("'sending'")))
        .order_by(outbox.c.id)
        .limit(limit)
        .with_for_update(of=(outbox, conversations), skip_locked=True)
    )


async def _queues(connection: AsyncConnection, ids: Sequence[str]) -> Mapping[str, list[Any]]:
    place = func.row_number().over(partition_by=outbox.c.conversation_id, order_by=outbox.c.id).label("place")
    ranked = select(outbox, place).where(outbox.c.conversation_id.in_(ids), is_undelivered(outbox)).subquery()
    query = select(ranked).where(ranked.c.place <= _QUEUE_LIMIT).order_by(ranked.c.id)
    queues: dict[str, list[Any]] = {}
    for row in await connection.execute(query):
        queues.setdefault(row.conversation_id, []).append(row)
    return queues


async def _windows(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Window]]:
    windows: dict[str, list[Window]] = {}
    query = select(reply_windows).where(reply_windows.c.conversation_id.in_(ids))
    for row in await connection.execute(query):
        window = Window(trigger=Trigger(row.trigger), opened_at=from_ms(row.opened_ms), used=row.used)
        windows.setdefault(row.conversation_id, []).append(window)
    return windows


def _queued(row: Any) -> Queued:
    return Queued(
        outbox_id=row.id,
        kind=ReplyKind(row.kind),
        reply=from_stored(json.loads(row.body)),
        epoch=row.epoch,
        queued_at=from_ms(row.created_ms),
        in_flight=row.state == OutboxState.SENDING,
    )


def _died(row: Any) -> int:
    """1 when the row's last sender died before it could say what became of it."""
    return int(row.state == OutboxState.SENDING)


def _cut_off(row: Any) -> dict[str, Any]:
    """An attempt whose end nobody wrote down: the process died, or the passive answer's request did."""
    passive = row.state == OutboxState.OFFERED
    return {
        "outbox_id": row.id,
        "attempt": max(1, row.attempts),
        "route": "passive" if passive else "api",
        "outcome": "unknown",
        "detail": "no end of the request was recorded" if passive else "cut off",
        "at_ms": now_ms(),
    }


async def _write_taken(connection: AsyncConnection, taken: _Taken, token: str, now: int) -> None:
    if taken.dispatches:
        ids = [dispatch.address.conversation_id for dispatch in taken.dispatches]
        await connection.execute(
            update(conversations)
            .where(conversations.c.id.in_(ids))
            .values(send_token=token, send_until_ms=now + SEND_LEASE_MS)
        )
        await connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(taken.sending))
            .values(state=OutboxState.SENDING, attempts=outbox.c.attempts + 1)
        )
        await _charge(connection, taken.charged)
        await connection.execute(
            update(inbox)
            .where(inbox.c.id.in_(select(outbox.c.inbox_id).where(outbox.c.id.in_(taken.sending))))
            .values(answer="active")
        )
    if taken.cut_off:
        await connection.execute(insert(deliveries), [_cut_off(row) for row in taken.cut_off])
        died = [row.id for row in taken.cut_off if _died(row)]
        await connection.execute(
            update(outbox).where(outbox.c.id.in_(died)).values(unknowns=outbox.c.unknowns + 1)
        )
    await _write_unsent(connection, taken)


async def _write_unsent(connection: AsyncConnection, taken: _Taken) -> None:
    if taken.withheld:
        await connection.execute(
            update(outbox).where(outbox.c.id.in_(taken.withheld)).values(state=OutboxState.WITHHELD)
        )
    if taken.deferred:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id == bindparam("row_id"))
            .values(state=OutboxState.DEFERRED, error=bindparam("why")),
            taken.deferred,
        )
    if taken.held:
        await connection.execute(
            update(outbox).where(outbox.c.id == bindparam("row_id")).values(due_ms=bindparam("due")),
            taken.held,
        )


async def _charge(connection: AsyncConnection, charges: list[dict[str, Any]]) -> None:
    await connection.execute(
        update(reply_windows)
        .where(reply_windows.c.conversation_id == bindparam("conversation"))
        .where(reply_windows.c.trigger == bindparam("window"))
        .values(used=reply_windows.c.used + bindparam("by")),
        charges,
    )


async def _hold(connection: AsyncConnection, group: Sequence[Record]) -> set[str]:
    """The conversations whose send lease is still ours."""
    tokens = {record.dispatch.address.conversation_id: record.dispatch.token for record in group}
    query = (
        select(conversations.c.id, conversations.c.send_token)
        .where(conversations.c.id.in_(sorted(tokens)))
        .order_by(conversations.c.id)
        .with_for_update()
    )
    return {row.id for row in await connection.execute(query) if row.send_token == tokens[row.id]}


async def _write_records(connection: AsyncConnection, records: list[Record], now: int) -> None:
    await connection.execute(
        update(outbox)
        .where(outbox.c.id == bindparam("row_id"))
        .values(
            state=bindparam("new_state"),
            error=bindparam("why"),
            platform_id=bindparam("their_id"),
            sent_ms=bindparam("sent"),
            due_ms=bindparam("due"),
            unknowns=outbox.c.unknowns + bindparam("lost"),
        ),
        [
            _outbox_row(record, outbox_id, now)
            for record in records
            for outbox_id in record.dispatch.outbox_ids
        ],
    )
    await connection.execute(
        insert(deliveries),
        [
            _delivery_row(record, outbox_id, now)
            for record in records
            for outbox_id in record.dispatch.outbox_ids
        ],
    )
    await connection.execute(
        update(conversations)
        .where(conversations.c.id.in_([record.dispatch.address.conversation_id for record in records]))
        .values(send_token=None, send_until_ms=0)
    )
    refunds = [
        {
            "conversation": record.dispatch.address.conversation_id,
            "window": record.dispatch.trigger,
            "by": -1,
        }
        for record in records
        if record.refund
    ]
    if refunds:
        await _charge(connection, refunds)


def _outbox_row(record: Record, outbox_id: int, now: int) -> dict[str, Any]:
    return {
        "row_id": outbox_id,
        "new_state": record.state,
        "why": record.detail or None,
        "their_id": record.platform_id,
        "sent": now if record.state is OutboxState.SENT else None,
        "due": now + record.due_in_ms,
        "lost": 1 if record.unknown else 0,
    }


def _delivery_row(record: Record, outbox_id: int, now: int) -> dict[str, Any]:
    return {
        "outbox_id": outbox_id,
        "attempt": record.dispatch.attempts,
        "route": "api",
        "outcome": record.outcome,
        "detail": record.detail or None,
        "at_ms": now,
    }
