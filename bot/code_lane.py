"""The code lane: replies that spend a code (welcome, transfer, farewell). Codes end in seconds: these wait for nothing.

They stand in no line, hold no send lease and cost no quota: the platform lets each be said once, whoever owns the
conversation (WeCom 95122). A row is leased by its own due time.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.delivery_store import send_key
from bot.dispatch import Dispatch, Record
from bot.judging import judge
from bot.retry import Jitter
from bot.rounds import Rounds
from bot.wakeups import Wakeups, Work
from channels.port import ChannelPort
from conversations.address import Address, Channel
from conversations.clock import Clock
from conversations.replies import CodedReply, from_stored
from storage.database import Database
from storage.outbox import OutboxState
from storage.schema import deliveries, is_by_code, outbox
from storage.times import now_ms

log = structlog.get_logger()

_CONCURRENCY = 32
LEASE_MS = 8_000
"""Longer than any send may take; after it a row whose sender died is sent again. The code makes that harmless."""

_DUE = (
    select(outbox)
    .where(is_by_code(outbox), outbox.c.due_ms <= bindparam("now_ms"))
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_START = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(
        state=OutboxState.SENDING,
        attempts=outbox.c.attempts + 1,
        send_key=bindparam("known_by"),
        due_ms=bindparam("until_ms"),
    )
)
_END = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        outbox.c.state == OutboxState.SENDING,
        outbox.c.attempts == bindparam("attempt"),
    )
    .values(
        state=bindparam("new_state"),
        error=bindparam("why"),
        platform_id=bindparam("their_id"),
        sent_ms=bindparam("sent"),
        due_ms=bindparam("due"),
    )
)


class CodeLane:
    def __init__(
        self,
        database: Database,
        channels: Mapping[Channel, ChannelPort],
        wakeups: Wakeups,
        clock: Clock,
        *,
        jitter: Jitter = random.random,
    ) -> None:
        self._database = database
        self._channels = channels
        self._wakeups = wakeups
        self._clock = clock
        self._jitter = jitter

    async def run(self) -> None:
        """Runs until cancelled; then lets the sends under way finish."""
        await Rounds(
            Work.CODES, self._wakeups, claim=self._claim, handle=self._send, at_once=_CONCURRENCY
        ).run()

    async def _claim(self, room: int) -> tuple[list[Dispatch], bool]:
        dispatches = await self.claim(room)
        return dispatches, len(dispatches) == room

    async def claim(self, limit: int) -> list[Dispatch]:
        """What is due, oldest first. One whose code has ended meanwhile is withheld: it greets nobody any more."""
        now = now_ms()
        async with self._database.writing() as connection:
            rows = (await connection.execute(_DUE, {"now_ms": now, "most": limit})).all()
            replies = {row.id: from_stored(json.loads(row.body)) for row in rows}
            late = [row for row in rows if self._is_late(replies[row.id]) or not self._served(row)]
            live = [row for row in rows if row not in late]
            cut_off = [_cut_off(row, now) for row in rows if row.state == OutboxState.SENDING]
            if cut_off:
                await connection.execute(insert(deliveries), cut_off)
            if late:
                await connection.execute(
                    update(outbox)
                    .where(outbox.c.id.in_([row.id for row in late]))
                    .values(state=OutboxState.WITHHELD, error="the code has ended, or its channel is off")
                )
            if live:
                await connection.execute(
                    _START,
                    [
                        {"row_id": row.id, "known_by": send_key(row), "until_ms": now + LEASE_MS}
                        for row in live
                    ],
                )
        return [_dispatch(row, replies[row.id]) for row in live]

    async def record(self, record: Record) -> None:
        """Writes down what became of it, unless somebody has taken it over meanwhile."""
        dispatch, now = record.dispatch, now_ms()
        (row_id,) = dispatch.outbox_ids
        async with self._database.writing() as connection:
            ended = await connection.execute(
                _END,
                {
                    "row_id": row_id,
                    "attempt": dispatch.attempts,
                    "new_state": record.state,
                    "why": record.detail or None,
                    "their_id": record.platform_id,
                    "sent": now if record.state is OutboxState.SENT else None,
                    "due": now + record.due_in_ms,
                },
            )
            if ended.rowcount:
                await connection.execute(insert(deliveries), _delivery(record, now))

    def _served(self, row: Any) -> bool:
        return Address.parse(row.conversation_id).channel in self._channels

    def _is_late(self, reply: object) -> bool:
        return isinstance(reply, CodedReply) and reply.code.expires_at <= self._clock.now()

    async def _send(self, dispatch: Dispatch) -> None:
        channel = self._channels[dispatch.address.channel]
        outcome = await channel.send(dispatch.reply, dispatch.address, key=dispatch.key)
        record = judge(dispatch, outcome, self._jitter)
        metrics.sends.labels(outcome=record.outcome).inc()
        if record.outcome != "sent":
            log.warning(
                "codes.not_sent",
                outbox=dispatch.outbox_ids,
                conversation=dispatch.address.conversation_id,
                outcome=record.outcome,
                detail=record.detail,
            )
        try:
            await self.record(record)
        except SQLAlchemyError as error:
            log.warning("codes.record_failed", error=type(error).__name__)
        self._wakeups.notify(Work.CODES)


def _dispatch(row: Any, reply: Any) -> Dispatch:
    return Dispatch(
        address=Address.parse(row.conversation_id),
        outbox_ids=(row.id,),
        reply=reply,
        trigger=None,
        token="",
        attempts=row.attempts + 1,
        unknowns=row.unknowns,
        key=send_key(row),
        repeatable=True,
    )


def _cut_off(row: Any, now: int) -> dict[str, Any]:
    """An attempt whose sender died before it could say what became of it."""
    return {
        "outbox_id": row.id,
        "attempt": row.attempts,
        "route": "code",
        "outcome": "unknown",
        "detail": "cut off",
        "at_ms": now,
    }


def _delivery(record: Record, now: int) -> dict[str, Any]:
    return {
        "outbox_id": record.dispatch.outbox_ids[0],
        "attempt": record.dispatch.attempts,
        "route": "code",
        "outcome": record.outcome,
        "detail": record.detail or None,
        "at_ms": now,
    }
