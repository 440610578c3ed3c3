"""The delivery's two transactions: take what is next in line under a send lease, and record what became of it.

While a conversation's send lease lasts, a person's claim to it waits (``bot.ownership``), and nobody else sends in it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import delivery_sql as sql
from bot.dispatch import Dispatch, Record, new_owner
from bot.sending import Defer, Hold, Plan, Queued, Send, plan
from bot.undelivered import hand_to_people
from channels.limits import Window
from channels.port import ChannelPort
from conversations.address import Address, Channel
from conversations.clock import Clock
from conversations.inbound import Trigger
from conversations.ownership import Owner, Ownership
from conversations.replies import CodedReply, ReplyKind, TransferReply, from_stored, to_stored
from storage.database import Database
from storage.groups import GroupCommit
from storage.outbox import OutboxDraft, OutboxState, say_once
from storage.times import from_ms, now_ms, to_ms

SEND_LEASE_MS = 8_000
"""Longer than any send may take (``send_timeout_seconds`` is at most 6), shorter than a takeover may last."""
_QUEUE_LIMIT = 20
_CUT_OFF = (OutboxState.SENDING, OutboxState.OFFERED)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What one claim writes, collected over its conversations."""

    dispatches: list[Dispatch] = field(default_factory=list)
    sending: list[dict[str, Any]] = field(default_factory=list)
    cut_off: list[Any] = field(default_factory=list)
    withheld: list[int] = field(default_factory=list)
    deferred: list[dict[str, Any]] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    charged: list[dict[str, Any]] = field(default_factory=list)


class DeliveryStore:
    def __init__(
        self, database: Database, *, worker: str, clock: Clock, port: Callable[[Address], ChannelPort]
    ) -> None:
        self._database = database
        self._worker = worker
        self._clock = clock
        self._port = port
        self._records: GroupCommit[Record, None] = GroupCommit(self._record)

    async def claim(self, limit: int, *, elsewhere: Collection[Channel] = ()) -> tuple[list[Dispatch], bool]:
        """What may be sent now, at most one message a conversation; and whether anything at all was in line.

        ``elsewhere`` are the channels that only another process can send on now.
        """
        now = now_ms()
        token = f"{self._worker}:{secrets.token_hex(6)}"
        async with self._database.writing() as connection:
            heads = (
                await connection.execute(sql.heads(frozenset(elsewhere)), {"now_ms": now, "most": limit})
            ).all()
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
        port = self._port(address)
        decided = plan(
            [_queued(row) for row in queue],
            ownership=Ownership(owner=Owner(head.owner), agent=head.agent, epoch=head.epoch),
            windows=windows,
            limits=port.limits,
            now=now,
            more_coming=bool(head.waiting),
            repeats_are_known=port.idempotent,
        )
        taken.withheld.extend(decided.withheld)
        taken.cut_off.extend(row for row in queue if row.id in decided.withheld and row.state in _CUT_OFF)
        live = [row for row in queue if row.id not in decided.withheld]
        self._apply(decided, address, live, token, taken)

    def _apply(self, decided: Plan, address: Address, live: list[Any], token: str, taken: _Taken) -> None:
        match decided.step:
            case Send(outbox_ids=ids, reply=reply, trigger=trigger):
                rows = [row for row in live if row.id in ids]
                key = send_key(rows[0])
                taken.sending.extend({"row_id": row_id, "known_by": key} for row_id in ids)
                taken.cut_off.extend(row for row in rows if row.state in _CUT_OFF)
                if trigger is not None:
                    taken.charged.append(
                        {"conversation": address.conversation_id, "window": trigger, "by": 1}
                    )
                taken.dispatches.append(
                    Dispatch(
                        address=address,
                        outbox_ids=ids,
                        reply=reply,
                        trigger=trigger,
                        token=token,
                        attempts=max(row.attempts for row in rows) + 1,
                        unknowns=max(row.unknowns + _died(row) for row in rows),
                        key=key,
                        repeatable=self._port(address).idempotent or isinstance(reply, TransferReply),
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
            records = [record for record in group if _is_ours(record, held)]
            if records:
                await _write_records(connection, records, now)
                await hand_to_people(connection, _dead(records), now)
                await _write_aftermath(connection, records, held, now)
        return [None] * len(group)


async def _queues(connection: AsyncConnection, ids: Sequence[str]) -> Mapping[str, list[Any]]:
    queues: dict[str, list[Any]] = {}
    for row in await connection.execute(sql.QUEUES, {"ids": ids, "most": _QUEUE_LIMIT}):
        queues.setdefault(row.conversation_id, []).append(row)
    return queues


async def _windows(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Window]]:
    windows: dict[str, list[Window]] = {}
    for row in await connection.execute(sql.WINDOWS, {"ids": ids}):
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
        in_flight=row.state == OutboxState.SENDING or row.unknowns > 0,
        send_key=row.send_key,
    )


def send_key(row: Any) -> str:
    """The name of the message that begins with this reply: kept while the outcome of an attempt is unknown."""
    if row.send_key is not None and (row.state == OutboxState.SENDING or row.unknowns > 0):
        return str(row.send_key)
    return f"{row.key}~{row.edition}" if row.edition else str(row.key)


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
        lease = {"token": token, "until_ms": now + SEND_LEASE_MS}
        await connection.execute(sql.TAKE_LEASES, {"ids": ids, **lease})
        await connection.execute(sql.START_SENDING, taken.sending)
        if taken.charged:
            await connection.execute(sql.CHARGE, taken.charged)
        await connection.execute(sql.NO_LONGER_PASSIVE, {"ids": [row["row_id"] for row in taken.sending]})
    if taken.cut_off:
        await connection.execute(sql.RECORD, [_cut_off(row) for row in taken.cut_off])
        died = [row.id for row in taken.cut_off if _died(row)]
        await connection.execute(sql.COUNT_UNKNOWNS, {"ids": died})
    if taken.withheld:
        await connection.execute(sql.WITHHOLD, {"ids": taken.withheld})
    if taken.deferred:
        await connection.execute(sql.DEFER, taken.deferred)
    if taken.held:
        await connection.execute(sql.HOLD, taken.held)


async def _hold(connection: AsyncConnection, group: Sequence[Record]) -> dict[str, Any]:
    """The conversations that were spoken in, as they are now, held until the transaction ends."""
    ids = sorted({record.dispatch.address.conversation_id for record in group})
    return {row.id: row for row in await connection.execute(sql.LEASES, {"ids": ids})}


def _dead(records: Sequence[Record]) -> list[int]:
    return [
        row for record in records if record.state is OutboxState.DEAD for row in record.dispatch.outbox_ids
    ]


def _is_ours(record: Record, held: Mapping[str, Any]) -> bool:
    """Whether the send lease is still the one that the send went out under."""
    row = held.get(record.dispatch.address.conversation_id)
    return row is not None and row.send_token == record.dispatch.token


async def _write_records(connection: AsyncConnection, records: list[Record], now: int) -> None:
    sent = [(record, outbox_id) for record in records for outbox_id in record.dispatch.outbox_ids]
    await connection.execute(sql.OUTCOME, [_outbox_row(record, row, now) for record, row in sent])
    await connection.execute(sql.RECORD, [_delivery_row(record, row, now) for record, row in sent])
    spoken = [record.dispatch.address.conversation_id for record in records]
    await connection.execute(sql.END_LEASES, {"ids": spoken, "now_ms": now})
    refunds = [
        {"conversation": record.dispatch.address.conversation_id, "window": record.dispatch.trigger, "by": -1}
        for record in records
        if record.refund and record.dispatch.trigger is not None
    ]
    if refunds:
        await connection.execute(sql.CHARGE, refunds)


async def _write_aftermath(
    connection: AsyncConnection, records: list[Record], held: Mapping[str, Any], now: int
) -> None:
    """New owners, and what is said because of them, in the transaction that records the send."""
    for record in records:
        if record.after is None:
            continue
        conversation = record.dispatch.address.conversation_id
        row = held[conversation]
        before = Ownership(owner=Owner(row.owner), agent=row.agent, epoch=row.epoch)
        owner = new_owner(before, record.after)
        if owner != before:
            change = {"new_owner": owner.owner, "new_agent": owner.agent, "new_epoch": owner.epoch}
            await connection.execute(sql.CHANGE_OWNER, {"row_id": conversation, **change})
        if record.after.says is not None:
            draft = OutboxDraft(
                key=f"{record.dispatch.key}:after",
                conversation_id=conversation,
                epoch=owner.epoch,
                kind=ReplyKind.TRANSITION,
                body=to_stored(record.after.says),
                created_ms=now,
                by_code=isinstance(record.after.says, CodedReply),
            )
            await say_once(connection, draft)


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
