"""Claim and commit: the two short transactions around a turn's thinking. See ``docs/decisions/0002``.

Order per conversation: only the oldest waiting message of a conversation can be claimed, and only while nobody holds
the conversation's turn lease. A worker that dies loses its lease by time; one that lost its lease cannot commit.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import turn_sql as sql
from bot.after_sales_openings import write_openings
from bot.answers import ACTIVE, Answer, Passive
from bot.customer_decisions import write_decisions
from bot.errands.commission import write_errands
from bot.inbox import SPEAKING_LEASE_MS, ensure_conversations, speaking_token
from bot.late_failures import note_failure
from bot.question_log import log_questions
from bot.turns import Claimed, Committed, Finished, Plan
from conversations.address import Address
from conversations.conversation import Context, Conversation
from conversations.inbound import MessageKey
from conversations.ownership import Owner, Ownership
from customers.events.event import CustomerEvent
from escalation import serving
from escalation.after_sales.store import Promises
from escalation.store import insert_case
from storage.conflicts import insert_or_ignore
from storage.database import Database
from storage.groups import GroupCommit
from storage.outbox import resume, say_once, write_outbox
from storage.schema import conversations, inbox, messages
from storage.times import from_ms, now_ms

TURN_LEASE_MS = 6_000
"""A dead worker's conversations are taken over after this long; thinking must end well before."""


TakeEvents = Callable[[AsyncConnection, Sequence[CustomerEvent]], Awaitable[object]]
"""Keeps events in the caller's transaction; those known already change nothing."""


class TurnStore:
    def __init__(
        self,
        database: Database,
        *,
        worker: str,
        retry_window_ms: int,
        take_events: TakeEvents | None = None,
        promises: Promises | None = None,
    ) -> None:
        """``worker`` names this process, for people who look at leases. ``take_events`` keeps what customers did.

        ``promises``: those of after-sales; without them no cases of it are kept.
        """
        self._promises = promises
        self._take_events = take_events
        self._database = database
        self._worker = worker
        self._retry_window_ms = retry_window_ms
        self._commits: GroupCommit[Finished, Committed | None] = GroupCommit(self._commit)

    async def claim(self, limit: int) -> list[Claimed]:
        """Takes the next message of up to ``limit`` conversations, oldest first."""
        now = now_ms()
        token = f"{self._worker}:{secrets.token_hex(6)}"
        async with self._database.writing() as connection:
            rows = (await connection.execute(sql.CLAIMABLE, {"now_ms": now, "most": limit})).all()
            if not rows:
                return []
            lease = {"token": token, "until_ms": now + TURN_LEASE_MS}
            await connection.execute(sql.TAKE_LEASES, {"ids": [row.conversation_id for row in rows], **lease})
            await connection.execute(sql.COUNT_ATTEMPTS, {"ids": [row.id for row in rows]})
        return [_claimed(row, token, now + TURN_LEASE_MS) for row in rows]

    async def commit(self, finished: Finished) -> Committed | None:
        """None: the lease or the epoch was lost meanwhile, and nothing was written."""
        return await self._commits.submit(finished)

    async def put_back(self, claimed: Claimed, *, error: str, delay_ms: int) -> None:
        """The turn failed for now: its message stays first in line and is due again after ``delay_ms``."""
        async with self._database.writing() as connection:
            released = await connection.execute(
                update(conversations)
                .where(
                    conversations.c.id == claimed.conversation_id, conversations.c.turn_token == claimed.lease
                )
                .values(turn_token=None, turn_until_ms=0)
            )
            if released.rowcount:
                await connection.execute(
                    update(inbox)
                    .where(inbox.c.id == claimed.inbox_id, inbox.c.state == "waiting")
                    .values(due_ms=now_ms() + delay_ms, error=error[:500])
                )

    async def _commit(self, group: Sequence[Finished]) -> list[Committed | None]:
        now = now_ms()
        async with self._database.writing() as connection:
            held = await _lock(connection, group)
            busy = await _undelivered(connection, group)
            plans = [self._plan(item, held.get(item.claimed.inbox_id), busy, now) for item in group]
            valid = [plan for plan in plans if plan is not None]
            if valid:
                await _write(connection, valid, busy, now)
                await self._write_events(connection, valid)
                await self._open_after_sales(connection, valid)
        return [plan.committed if plan else None for plan in plans]

    async def _write_events(self, connection: AsyncConnection, plans: Sequence[Plan]) -> None:
        """A replayed message is an event that is known already."""
        events = [plan.item.event for plan in plans if plan.item.event is not None]
        if events and self._take_events is not None:
            await self._take_events(connection, events)

    async def _open_after_sales(self, connection: AsyncConnection, plans: Sequence[Plan]) -> None:
        if self._promises is None:
            return
        for plan in plans:
            item = plan.item
            await write_openings(connection, item.claimed.conversation_id, item.after_sales, self._promises)

    def _plan(self, item: Finished, row: Any | None, busy: set[str], now: int) -> Plan | None:
        claimed = item.claimed
        lost = (
            row is None
            or row.state != "waiting"
            or row.turn_token != claimed.lease
            or row.epoch != claimed.conversation.ownership.epoch
        )
        if lost or row is None:
            return None
        ownership = item.ownership or claimed.conversation.ownership
        answer: Answer = ACTIVE
        if row.answer is None and now < row.decide_by_ms and _can_be_passive(item, busy):
            assert item.passive_body is not None
            before = now + SPEAKING_LEASE_MS - 500
            answer = Passive(
                body=item.passive_body,
                inbox_id=claimed.inbox_id,
                write_before_ms=before,
                more_to_say=len(item.speeches) > 1,
            )
        return Plan(
            item=item,
            ownership=ownership,
            answer=answer,
            offered_until_ms=claimed.received_ms + self._retry_window_ms,
            decided=row.answer,
        )


def _can_be_passive(item: Finished, busy: set[str]) -> bool:
    """Not while something said earlier is still on its way: it would be overtaken."""
    return item.passive_body is not None and item.claimed.conversation_id not in busy


def _claimed(row: Any, token: str, until_ms: int) -> Claimed:
    conversation = Conversation(
        address=Address.parse(row.conversation_id),
        ownership=Ownership(owner=Owner(row.owner), agent=row.agent, epoch=row.epoch),
        context=Context.from_stored(json.loads(row.context)),
        first_seen=from_ms(row.first_seen_ms),
    )
    return Claimed(
        inbox_id=row.id,
        key=MessageKey(row.key),
        body=json.loads(row.body),
        conversation=conversation,
        lease=token,
        until_ms=until_ms,
        attempts=row.attempts + 1,
        received_ms=row.received_ms,
        behind=row.behind,
    )


async def _lock(connection: AsyncConnection, group: Sequence[Finished]) -> dict[int, Any]:
    """The rows as they are now, held until the transaction ends."""
    if connection.dialect.name != "sqlite":
        ids = sorted({item.claimed.conversation_id for item in group})
        await connection.execute(sql.HOLD_CONVERSATIONS, {"ids": ids})
    rows = await connection.execute(sql.HELD, {"ids": [item.claimed.inbox_id for item in group]})
    return {row.id: row for row in rows}


async def _undelivered(connection: AsyncConnection, group: Sequence[Finished]) -> set[str]:
    ids = [item.claimed.conversation_id for item in group]
    return set((await connection.execute(sql.BUSY, {"ids": ids})).scalars())


async def _write(connection: AsyncConnection, plans: list[Plan], busy: set[str], now: int) -> None:
    await connection.execute(sql.FINISH, [plan.inbox_row() for plan in plans])
    await connection.execute(sql.LEAVE, [plan.conversation_row() for plan in plans])
    await _grant_speaking(connection, [plan for plan in plans if plan.passive], now)
    # The person acted again, so what waited for that is due; it stays before what is said now.
    waiting = sorted(busy & {plan.item.claimed.conversation_id for plan in plans})
    if waiting:
        await resume(connection, waiting, now)
    await write_outbox(connection, [draft for plan in plans for draft in plan.drafts(now)])
    await _write_messages(connection, [row for plan in plans for row in plan.message_rows(now)])
    fact_rows = [row for plan in plans for row in plan.fact_rows(now)]
    if fact_rows:
        await connection.execute(sql.RECORD_FACTS, fact_rows)
    await log_questions(connection, plans, now)
    await write_decisions(connection, plans, now)
    await write_errands(connection, plans, now)
    for plan in plans:
        if plan.item.case is not None:
            await insert_case(connection, plan.item.case)
            for address, draft in plan.card_drafts(now):
                await ensure_conversations(connection, {address.conversation_id: address}, now)
                await say_once(connection, draft)
        if plan.item.service is not None:
            await serving.enter(connection, plan.item.service, real_ms=now)
        if plan.item.failure is not None:
            await note_failure(connection, plan.item.claimed.conversation_id, plan.item.failure)


async def _grant_speaking(connection: AsyncConnection, plans: list[Plan], now: int) -> None:
    """A passive answer holds the send lease until it is written, so that a person's claim waits for it."""
    rows = [
        {
            "row_id": plan.item.claimed.conversation_id,
            "token": speaking_token(plan.item.claimed.inbox_id),
            "until_ms": now + SPEAKING_LEASE_MS,
        }
        for plan in plans
    ]
    if rows:
        await connection.execute(sql.GRANT_SPEAKING, rows)


async def _write_messages(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """A replayed message is in the transcript already."""
    await connection.execute(insert_or_ignore(connection, messages, "key"), rows)
