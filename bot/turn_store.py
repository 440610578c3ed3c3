"""Claim and commit: the two short transactions around a turn's thinking. See ``docs/decisions/0002``.

Order per conversation: only the oldest waiting message of a conversation can be claimed, and only while nobody holds
the conversation's turn lease. A worker that dies loses its lease by time; one that lost its lease cannot commit.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers import ACTIVE, Answer, Passive
from bot.inbox import SPEAKING_LEASE_MS, speaking_token
from bot.turns import Claimed, Committed, Finished, Plan
from conversations.address import Address, ConversationId
from conversations.conversation import Context, Conversation
from conversations.inbound import MessageKey
from conversations.ownership import Owner, Ownership
from escalation.store import insert_case
from storage.database import Database
from storage.groups import GroupCommit
from storage.outbox import OutboxState, write_outbox
from storage.schema import conversations, facts, inbox, is_undelivered, is_waiting, messages, outbox
from storage.times import from_ms, now_ms

TURN_LEASE_MS = 6_000
"""A dead worker's conversations are taken over after this long; thinking must end well before."""


class TurnStore:
    def __init__(self, database: Database, *, worker: str, retry_window_ms: int) -> None:
        """``worker`` names this process, for people who look at leases."""
        self._database = database
        self._worker = worker
        self._retry_window_ms = retry_window_ms
        self._commits: GroupCommit[Finished, Committed | None] = GroupCommit(self._commit)

    async def claim(self, limit: int) -> list[Claimed]:
        """Takes the next message of up to ``limit`` conversations, oldest first."""
        now = now_ms()
        token = f"{self._worker}:{secrets.token_hex(6)}"
        async with self._database.writing() as connection:
            rows = (await connection.execute(_claimable(now, limit))).all()
            if not rows:
                return []
            await connection.execute(
                update(conversations)
                .where(conversations.c.id.in_([row.conversation_id for row in rows]))
                .values(turn_token=token, turn_until_ms=now + TURN_LEASE_MS)
            )
            await connection.execute(
                update(inbox)
                .where(inbox.c.id.in_([row.id for row in rows]))
                .values(attempts=inbox.c.attempts + 1)
            )
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
            busy = await _undelivered(connection, [item.claimed.conversation_id for item in group])
            plans = [self._plan(item, held.get(item.claimed.inbox_id), busy, now) for item in group]
            valid = [plan for plan in plans if plan is not None]
            if valid:
                await _write(connection, valid, busy, now)
        return [plan.committed if plan else None for plan in plans]

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
            answer = Passive(body=item.passive_body, inbox_id=claimed.inbox_id, write_before_ms=before)
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


def _claimable(now: int, limit: int) -> Select[Any]:
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
        .where(is_waiting(inbox), inbox.c.due_ms <= now, conversations.c.turn_until_ms <= now)
        .where(first_in_line)
        .order_by(inbox.c.id)
        .limit(limit)
        .with_for_update(of=(inbox, conversations), skip_locked=True)
    )


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
    """The rows as they are now, held until the transaction ends: conversations first, always in the same order."""
    ids = sorted({item.claimed.conversation_id for item in group})
    await connection.execute(
        select(conversations.c.id)
        .where(conversations.c.id.in_(ids))
        .order_by(conversations.c.id)
        .with_for_update()
    )
    query = (
        select(
            inbox.c.id,
            inbox.c.state,
            inbox.c.answer,
            inbox.c.decide_by_ms,
            conversations.c.turn_token,
            conversations.c.epoch,
        )
        .join(conversations, conversations.c.id == inbox.c.conversation_id)
        .where(inbox.c.id.in_([item.claimed.inbox_id for item in group]))
        .order_by(inbox.c.id)
        .with_for_update(of=inbox)
    )
    return {row.id: row for row in await connection.execute(query)}


async def _undelivered(connection: AsyncConnection, conversation_ids: list[ConversationId]) -> set[str]:
    query = (
        select(outbox.c.conversation_id)
        .where(outbox.c.conversation_id.in_(conversation_ids), is_undelivered(outbox))
        .distinct()
    )
    return set((await connection.execute(query)).scalars())


async def _write(connection: AsyncConnection, plans: list[Plan], busy: set[str], now: int) -> None:
    await connection.execute(
        update(inbox)
        .where(inbox.c.id == bindparam("row_id"))
        .values(
            state=bindparam("new_state"),
            error=bindparam("new_error"),
            answer=bindparam("new_answer"),
            answer_body=bindparam("new_body"),
        ),
        [plan.inbox_row() for plan in plans],
    )
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == bindparam("row_id"))
        .values(
            context=bindparam("new_context"),
            owner=bindparam("new_owner"),
            agent=bindparam("new_agent"),
            epoch=bindparam("new_epoch"),
            turn_token=None,
            turn_until_ms=0,
        ),
        [plan.conversation_row(now) for plan in plans],
    )
    await _grant_speaking(connection, [plan for plan in plans if plan.passive], now)
    # The person acted again, so what waited for that is due; it stays before what is said now.
    waiting = sorted(busy & {plan.item.claimed.conversation_id for plan in plans})
    if waiting:
        await connection.execute(
            update(outbox)
            .where(outbox.c.conversation_id.in_(waiting), outbox.c.state == OutboxState.DEFERRED)
            .values(state=OutboxState.PENDING, due_ms=now)
        )
    await write_outbox(connection, [draft for plan in plans for draft in plan.drafts(now)])
    await _write_messages(connection, [row for plan in plans for row in plan.message_rows(now)])
    fact_rows = [row for plan in plans for row in plan.fact_rows(now)]
    if fact_rows:
        await connection.execute(insert(facts), fact_rows)
    for plan in plans:
        if plan.item.case is not None:
            await insert_case(connection, plan.item.case)


async def _grant_speaking(connection: AsyncConnection, plans: list[Plan], now: int) -> None:
    """A passive answer holds the send lease until it is written, so that a person's claim waits for it."""
    if not plans:
        return
    rows = [
        {"row_id": plan.item.claimed.conversation_id, "token": speaking_token(plan.item.claimed.inbox_id)}
        for plan in plans
    ]
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == bindparam("row_id"))
        .values(send_token=bindparam("token"), send_until_ms=now + SPEAKING_LEASE_MS),
        rows,
    )


async def _write_messages(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """A replayed message is in the transcript already."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    await connection.execute(dialect.insert(messages).on_conflict_do_nothing(index_elements=["key"]), rows)
