"""The durable inbox: every callback is stored under a unique key before it is acknowledged, and answered one way only.

How a callback is answered is decided once, by compare-and-set on its row (``answer``): *passive* when the worker's
reply is ready in time (``bot.turn_store``), *active* when the waiting time ends first (here). Every copy of the
callback gets that answer. See ``docs/decisions/0003-stored-before-acknowledged.md``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers import ACTIVE, Answer, Passive
from conversations.address import Address
from conversations.inbound import MessageKey, Trigger
from storage.database import Database
from storage.groups import GroupCommit
from storage.outbox import OutboxState
from storage.schema import conversations, deliveries, inbox, outbox, reply_windows
from storage.times import now_ms

SPEAKING_LEASE_MS = 3_000
"""How long a web process may take to write a passive answer once it was allowed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A verified callback. ``body`` are its decrypted fields; ``decide_by_ms`` ends the wait for a passive answer."""

    key: MessageKey
    address: Address
    body: Mapping[str, object]
    trigger: Trigger | None
    triggered_ms: int
    received_ms: int
    decide_by_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The stored row. ``answer`` is set when it has been decided (an earlier copy of the callback)."""

    inbox_id: int
    fresh: bool
    answer: Answer | None
    decide_by_ms: int


class Inbox:
    def __init__(self, database: Database, *, retry_window_ms: int) -> None:
        """``retry_window_ms``: how long after its arrival the platform may still repeat a callback."""
        self._database = database
        self._retry_window_ms = retry_window_ms
        self._arrivals: GroupCommit[Arrival, Accepted] = GroupCommit(self._store)
        self._deadlines: GroupCommit[int, Answer] = GroupCommit(self._decide_active)
        self._spoken: GroupCommit[int, None] = GroupCommit(self._mark_spoken)

    async def accept(self, arrival: Arrival) -> Accepted:
        """Returns once the callback is on disk."""
        return await self._arrivals.submit(arrival)

    async def decide_active(self, inbox_id: int) -> Answer:
        """The waiting time is over: the reply will be sent by the API, unless it was just decided otherwise."""
        return await self._deadlines.submit(inbox_id)

    async def mark_spoken(self, inbox_id: int) -> None:
        """The passive answer has been written to the platform's connection."""
        await self._spoken.submit(inbox_id)

    async def take_passive(self, inbox_id: int) -> str | None:
        """Permission to write the passive answer now, for a repeated or late callback.

        None: say nothing (the conversation changed hands since, or the reply goes by the API by now).
        """
        async with self._database.writing() as connection:
            query = (
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
                .where(inbox.c.id == inbox_id)
                .with_for_update(of=conversations)
            )
            row = (await connection.execute(query)).one_or_none()
            now = now_ms()
            if (
                row is None
                or row.epoch != row.current_epoch
                or now >= row.received_ms + self._retry_window_ms
            ):
                return None
            if row.state not in (OutboxState.OFFERED, OutboxState.SENT):
                return None
            if row.state == OutboxState.OFFERED:
                await connection.execute(
                    update(conversations)
                    .where(conversations.c.id == row.conversation_id)
                    .values(send_token=speaking_token(inbox_id), send_until_ms=now + SPEAKING_LEASE_MS)
                )
            return str(row.answer_body)

    async def decided(self, keys: Sequence[MessageKey]) -> dict[MessageKey, Answer]:
        """Which of these callbacks have been decided, for processes that did not hear it directly."""
        query = select(inbox.c.id, inbox.c.key, inbox.c.answer, inbox.c.answer_body).where(
            inbox.c.key.in_(keys), inbox.c.answer.is_not(None)
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return {MessageKey(row.key): _answer(row) or ACTIVE for row in rows}

    async def _store(self, arrivals: Sequence[Arrival]) -> list[Accepted]:
        # One copy of each key: the same callback may arrive twice within one group.
        unique = {arrival.key: arrival for arrival in arrivals}
        async with self._database.writing() as connection:
            await self._ensure_conversations(connection, list(unique.values()))
            fresh = await self._insert_new(connection, list(unique.values()))
            await self._open_windows(connection, [unique[key] for key in fresh])
            seen = [key for key in unique if key not in fresh]
            earlier = await self._earlier(connection, seen) if seen else {}
        results: list[Accepted] = []
        for arrival in arrivals:
            if arrival.key in fresh:
                inbox_id = fresh[arrival.key]
                first = unique[arrival.key] is arrival
                results.append(
                    Accepted(
                        inbox_id=inbox_id,
                        fresh=first,
                        answer=None,
                        decide_by_ms=unique[arrival.key].decide_by_ms,
                    )
                )
            else:
                results.append(earlier[arrival.key])
        return results

    async def _ensure_conversations(self, connection: AsyncConnection, arrivals: list[Arrival]) -> None:
        rows = {
            arrival.address.conversation_id: {
                "id": arrival.address.conversation_id,
                "channel": arrival.address.channel,
                "account": arrival.address.account,
                "peer": arrival.address.peer,
                "first_seen_ms": arrival.received_ms,
            }
            for arrival in arrivals
        }
        statement = self._insert_or_ignore(conversations, ["id"])
        await connection.execute(statement, [rows[key] for key in sorted(rows)])

    async def _insert_new(
        self, connection: AsyncConnection, arrivals: list[Arrival]
    ) -> dict[MessageKey, int]:
        """Inserts those not seen before; returns their ids."""
        rows = [
            {
                "key": arrival.key,
                "conversation_id": arrival.address.conversation_id,
                "body": json.dumps(arrival.body, ensure_ascii=False),
                "received_ms": arrival.received_ms,
                "due_ms": arrival.received_ms,
                "decide_by_ms": arrival.decide_by_ms,
                # Nobody waits for a passive answer: decided here and now.
                "answer": "active" if arrival.decide_by_ms <= arrival.received_ms else None,
            }
            for arrival in arrivals
        ]
        statement = self._insert_or_ignore(inbox, ["key"]).returning(inbox.c.id, inbox.c.key)
        inserted = await connection.execute(statement, rows)
        return {MessageKey(row.key): row.id for row in inserted}

    def _insert_or_ignore(self, table: Any, index: list[str]) -> Any:
        if self._database.is_sqlite:
            return sqlite.insert(table).on_conflict_do_nothing(index_elements=index)
        return postgresql.insert(table).on_conflict_do_nothing(index_elements=index)

    async def _open_windows(self, connection: AsyncConnection, arrivals: list[Arrival]) -> None:
        """The person acted: what we may say is counted from here again."""
        rows = {
            (arrival.address.conversation_id, arrival.trigger): {
                "conversation_id": arrival.address.conversation_id,
                "trigger": arrival.trigger,
                "opened_ms": arrival.triggered_ms,
            }
            for arrival in arrivals
            if arrival.trigger is not None
        }
        if not rows:
            return
        base = sqlite.insert(reply_windows) if self._database.is_sqlite else postgresql.insert(reply_windows)
        statement = base.on_conflict_do_update(
            index_elements=["conversation_id", "trigger"],
            set_={"opened_ms": base.excluded.opened_ms, "used": 0},
        )
        await connection.execute(statement, [rows[key] for key in sorted(rows)])

    async def _earlier(
        self, connection: AsyncConnection, keys: list[MessageKey]
    ) -> dict[MessageKey, Accepted]:
        query = select(
            inbox.c.id, inbox.c.key, inbox.c.answer, inbox.c.answer_body, inbox.c.decide_by_ms
        ).where(inbox.c.key.in_(keys))
        return {
            MessageKey(row.key): Accepted(
                inbox_id=row.id, fresh=False, answer=_answer(row), decide_by_ms=row.decide_by_ms
            )
            for row in await connection.execute(query)
        }

    async def _decide_active(self, inbox_ids: Sequence[int]) -> list[Answer]:
        async with self._database.writing() as connection:
            await connection.execute(
                update(inbox)
                .where(inbox.c.id.in_(sorted(set(inbox_ids))), inbox.c.answer.is_(None))
                .values(answer="active")
            )
            rows = await connection.execute(
                select(inbox.c.id, inbox.c.answer, inbox.c.answer_body).where(inbox.c.id.in_(set(inbox_ids)))
            )
            answers = {row.id: _answer(row) for row in rows}
        return [answers.get(inbox_id) or ACTIVE for inbox_id in inbox_ids]

    async def _mark_spoken(self, inbox_ids: Sequence[int]) -> list[None]:
        now = now_ms()
        ids = sorted(set(inbox_ids))
        async with self._database.writing() as connection:
            await connection.execute(
                update(conversations)
                .where(conversations.c.send_token == bindparam("token"))
                .where(
                    conversations.c.id
                    == select(inbox.c.conversation_id)
                    .where(inbox.c.id == bindparam("spoken"))
                    .scalar_subquery()
                )
                .values(send_token=None, send_until_ms=0),
                [{"token": speaking_token(inbox_id), "spoken": inbox_id} for inbox_id in ids],
            )
            spoken = await connection.execute(
                update(outbox)
                .where(outbox.c.inbox_id.in_(ids), outbox.c.state == OutboxState.OFFERED)
                .values(state=OutboxState.SENT, sent_ms=now)
                .returning(outbox.c.id)
            )
            records = [
                {"outbox_id": row.id, "attempt": 1, "route": "passive", "outcome": "sent", "at_ms": now}
                for row in spoken
            ]
            if records:
                await connection.execute(insert(deliveries), records)
        return [None] * len(inbox_ids)


def speaking_token(inbox_id: int) -> str:
    """The send lease of a passive answer."""
    return f"passive:{inbox_id}"


def _answer(row: Any) -> Answer | None:
    if row.answer is None:
        return None
    if row.answer == "passive":
        return Passive(body=row.answer_body, inbox_id=row.id)
    return ACTIVE
