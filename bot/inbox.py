"""The durable inbox: every callback is stored under a unique key before it is acknowledged, and answered one way only.

How a callback is answered is decided once, by compare-and-set on its row (``answer``): *passive* when the worker's
reply is ready in time (``bot.turn_store``), *active* when the waiting time ends first (here). Every copy of the
callback gets that answer. See ``docs/decisions/0003-stored-before-acknowledged.md``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import inbox_sql as sql
from bot.answers import ACTIVE, Answer, Passive
from conversations.address import Address, ConversationId
from conversations.inbound import MessageKey, Trigger
from storage.conflicts import insert_or_ignore
from storage.database import Database
from storage.groups import GroupCommit
from storage.outbox import OutboxState
from storage.schema import conversations, media
from storage.times import now_ms, to_ms

SPEAKING_LEASE_MS = 3_000
"""How long a web process may take to write a passive answer once it was allowed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A verified callback, or a pulled item. ``body`` are its decrypted fields, ``media`` the rows of its files.

    ``decide_by_ms`` ends the wait for a passive answer. ``settled`` says why nobody needs to think about it any more.
    ``written_ms``: when the person did it, in real time, where that may be long before ``received_ms``.
    """

    key: MessageKey
    address: Address
    body: Mapping[str, object]
    trigger: Trigger | None
    triggered_ms: int
    received_ms: int
    decide_by_ms: int
    settled: str | None = None
    media: tuple[Mapping[str, Any], ...] = ()
    written_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The stored row. ``answer`` is set when it has been decided (an earlier copy of the callback)."""

    inbox_id: int
    fresh: bool
    answer: Answer | None
    decide_by_ms: int


def written_at(sent_at: datetime, now: datetime, received_ms: int) -> int:
    """When something was written, in real time: not before the end of the second that the platform names.

    ``sent_at`` and ``now`` are by the shop's clock, ``received_ms`` is ``now`` in real time.
    """
    return min(received_ms, received_ms - (to_ms(now) - to_ms(sent_at)) + 999)


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
            row = (await connection.execute(sql.OFFERED, {"inbox_id": inbox_id})).one_or_none()
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
                lease = {"token": speaking_token(inbox_id), "until_ms": now + SPEAKING_LEASE_MS}
                await connection.execute(sql.START_SPEAKING, {"conversation": row.conversation_id, **lease})
            return str(row.answer_body)

    async def decided(self, keys: Sequence[MessageKey]) -> dict[MessageKey, Answer]:
        """Which of these callbacks have been decided, for processes that did not hear it directly."""
        async with self._database.reading() as connection:
            rows = await connection.execute(sql.DECIDED, {"keys": list(keys)})
            return {MessageKey(row.key): _answer(row) or ACTIVE for row in rows}

    async def _store(self, arrivals: Sequence[Arrival]) -> list[Accepted]:
        # One copy of each key: the same callback may arrive twice within one group.
        unique = {arrival.key: arrival for arrival in arrivals}
        async with self._database.writing() as connection:
            fresh = await keep(connection, list(unique.values()))
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

    async def _earlier(
        self, connection: AsyncConnection, keys: list[MessageKey]
    ) -> dict[MessageKey, Accepted]:
        return {
            MessageKey(row.key): Accepted(
                inbox_id=row.id, fresh=False, answer=_answer(row), decide_by_ms=row.decide_by_ms
            )
            for row in await connection.execute(sql.EARLIER, {"keys": keys})
        }

    async def _decide_active(self, inbox_ids: Sequence[int]) -> list[Answer]:
        async with self._database.writing() as connection:
            ids = {"ids": sorted(set(inbox_ids))}
            await connection.execute(sql.DECIDE_ACTIVE, ids)
            rows = await connection.execute(sql.ANSWERS, ids)
            answers = {row.id: _answer(row) for row in rows}
        return [answers.get(inbox_id) or ACTIVE for inbox_id in inbox_ids]

    async def _mark_spoken(self, inbox_ids: Sequence[int]) -> list[None]:
        now = now_ms()
        ids = sorted(set(inbox_ids))
        async with self._database.writing() as connection:
            await connection.execute(
                sql.END_SPEAKING,
                [{"token": speaking_token(inbox_id), "spoken": inbox_id, "now_ms": now} for inbox_id in ids],
            )
            spoken = await connection.execute(sql.SPOKEN, {"ids": ids, "now_ms": now})
            records = [
                {"outbox_id": row.id, "attempt": 1, "route": "passive", "outcome": "sent", "at_ms": now}
                for row in spoken
            ]
            if records:
                await connection.execute(sql.RECORD, records)
        return [None] * len(inbox_ids)


async def keep(connection: AsyncConnection, arrivals: Sequence[Arrival]) -> dict[MessageKey, int]:
    """Stores those not seen before, and opens the windows of what people did. Returns the fresh ones' ids.

    ``arrivals`` name no key twice, and stand in the order in which they are to be thought about.
    """
    addresses = {arrival.address.conversation_id: arrival.address for arrival in arrivals}
    await ensure_conversations(connection, addresses, max(arrival.received_ms for arrival in arrivals))
    fresh = await _insert_new(connection, arrivals)
    news = [arrival for arrival in arrivals if arrival.key in fresh]
    await _open_windows(connection, news)
    files = [row for arrival in news for row in arrival.media]
    if files:
        await connection.execute(insert_or_ignore(connection, media, "key"), files)
    return fresh


async def ensure_conversations(
    connection: AsyncConnection, addresses: Mapping[ConversationId, Address], now: int
) -> None:
    """Makes those known that are not. ``now`` is real time."""
    rows = [
        {
            "id": name,
            "channel": address.channel,
            "account": address.account,
            "peer": address.peer,
            "first_seen_ms": now,
        }
        for name, address in sorted(addresses.items())
    ]
    if rows:
        await connection.execute(insert_or_ignore(connection, conversations, "id"), rows)


async def _insert_new(connection: AsyncConnection, arrivals: Sequence[Arrival]) -> dict[MessageKey, int]:
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
            "state": "waiting" if arrival.settled is None else "done",
            "error": arrival.settled,
        }
        for arrival in arrivals
    ]
    inserted = await connection.execute(sql.keep_new(connection), rows)
    return {MessageKey(row.key): row.id for row in inserted}


async def _open_windows(connection: AsyncConnection, arrivals: Sequence[Arrival]) -> None:
    """The person acted: what we may say is counted from here again.

    Something said since then counts still: the platform counts from that act, and we may hear of it late.
    """
    rows = {
        (arrival.address.conversation_id, arrival.trigger): {
            "conversation_id": arrival.address.conversation_id,
            "trigger": arrival.trigger,
            "opened_ms": arrival.triggered_ms,
            "used": 0,
            "whose": arrival.address.conversation_id,
            "written_ms": arrival.received_ms if arrival.written_ms is None else arrival.written_ms,
        }
        for arrival in arrivals
        if arrival.trigger is not None
    }
    if not rows:
        return
    await connection.execute(sql.open_windows(connection), [rows[key] for key in sorted(rows)])


def speaking_token(inbox_id: int) -> str:
    """The send lease of a passive answer."""
    return f"passive:{inbox_id}"


def _answer(row: Any) -> Answer | None:
    if row.answer is None:
        return None
    if row.answer == "passive":
        return Passive(body=row.answer_body, inbox_id=row.id)
    return ACTIVE
