"""Makes all activities and profiles anew from the events that are kept: after a change of rules, or of this program.

On PostgreSQL several processes share the work; whoever keeps profiles in step meanwhile waits. On SQLite, which has
one writer, it is done part by part, and the others work in between. Stopped in the middle, it can be run again.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import delete, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.events.stored import StoredEvent, told_from_json
from customers.profile.profiler import Profiler, hold, wait_to_hold
from customers.settings import CustomerSettings
from customers.tally import Tally
from storage.bulk import insert_rows, remove_matching
from storage.customers_schema import activities, customer_profiles, events_waiting, identities
from storage.database import Database
from storage.settings import DatabaseSettings

PART = 10_000
"""Identities, or customers, of one transaction."""

_EVENTS = """
SELECT identity_id, id, source, event_id, kind, at_ms, data FROM customer_events
WHERE identity_id >= :first AND identity_id < :end ORDER BY identity_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    events: int
    customers: int


Progress = Callable[[int, int], None]
"""Told how many parts are done, and of how many."""


def _quietly(_done: int, _all: int) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputing:
    database: DatabaseSettings
    settings: CustomerSettings
    now: datetime
    processes: int = 2

    async def run(self, *, events: Progress = _quietly, profiles: Progress = _quietly) -> Recomputed:
        """Raises BrokenProcessPool when one of the processes was killed: what is done is done, run it again."""
        database = Database(self.database)
        try:
            async with _alone(database):
                parts = await _parts(database)
                added = await self._each(database, add_up_anew, parts, events)
                judging = partial(judge_anew, settings=self.settings, now=self.now)
                customers = await self._each(database, judging, parts, profiles)
                await _remove_strangers(database)
            await self._settle(database)
        finally:
            await database.close()
        return Recomputed(events=added, customers=customers)

    async def _each(
        self,
        database: Database,
        work: Callable[[Database, int], Awaitable[int]],
        parts: Sequence[int],
        progress: Progress,
    ) -> int:
        done = total = 0
        async for count in self._results(database, work, parts):
            done, total = done + 1, total + count
            progress(done, len(parts))
        return total

    async def _results(
        self, database: Database, work: Callable[[Database, int], Awaitable[int]], parts: Sequence[int]
    ) -> AsyncIterator[int]:
        if database.is_sqlite:
            for first in parts:
                yield await work(database, first)
            return
        loop = asyncio.get_running_loop()
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self.processes, mp_context=context) as pool:
            tasks = [loop.run_in_executor(pool, _in_a_process, self.database, work, first) for first in parts]
            for task in asyncio.as_completed(tasks):
                yield await task

    async def _settle(self, database: Database) -> None:
        """The line of the top share moves with the averages; whom it passes is judged again."""
        profiler = Profiler(database, self.settings)
        if await profiler.move_line(self.now):
            while await profiler.round(self.now):
                pass


async def add_up_anew(database: Database, first: int) -> int:
    """Activities of the identities from ``first`` on; returns how many events that were."""
    async with _writing(database) as connection:
        rows = (await connection.execute(text(_EVENTS), {"first": first, "end": first + PART})).all()
        added = [
            {"identity_id": identity_id, "data": _activity(own)}
            for identity_id, own in groupby(rows, key=itemgetter(0))
        ]
        await insert_rows(connection, activities, added, unique=("identity_id",), update=("data",))
        await _no_longer_waiting(connection, first, {row.id for row in rows})
    return len(rows)


async def judge_anew(database: Database, first: int, *, settings: CustomerSettings, now: datetime) -> int:
    """Profiles of the customers from ``first`` on; returns how many there are."""
    own = identities.c.customer_id
    query = select(own).where(own >= first, own < first + PART).distinct()
    async with _writing(database) as connection:
        customers = (await connection.execute(query)).scalars().all()
        await Profiler(database, settings).judge(connection, customers, now)
    return len(customers)


def _in_a_process(
    settings: DatabaseSettings, work: Callable[[Database, int], Awaitable[int]], first: int
) -> int:
    async def do() -> int:
        database = Database(settings)
        try:
            return await work(database, first)
        finally:
            await database.close()

    return asyncio.run(do())


def _activity(rows: Iterable[Any]) -> str:
    tally = Tally()
    for _, _, source, event_id, kind, at_ms, data in rows:
        tally.add(StoredEvent(source, event_id, kind, at_ms, told_from_json(data)))
    return tally.activity().to_json()


async def _no_longer_waiting(connection: AsyncConnection, first: int, added: set[int]) -> None:
    """Those that were read, and no others: events go on being taken."""
    columns = events_waiting.c
    mine = (columns.identity_id >= first) & (columns.identity_id < first + PART)
    waiting = (await connection.execute(select(columns.event_row).where(mine))).scalars().all()
    rows = [{"event_row": each} for each in waiting if each in added]
    await remove_matching(connection, events_waiting, rows)


async def _remove_strangers(database: Database) -> None:
    """Profiles of customers who are no more."""
    somebody = exists().where(identities.c.customer_id == customer_profiles.c.customer_id)
    async with database.writing() as connection:
        await connection.execute(delete(customer_profiles).where(~somebody))


async def _parts(database: Database) -> Sequence[int]:
    async with database.reading() as connection:
        last = (await connection.execute(select(func.max(identities.c.id)))).scalar_one()
    return range(1, (last or 0) + 1, PART)


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[None]:
    """Nobody else writes activities and profiles; on SQLite each part sees to that itself."""
    if database.is_sqlite:
        yield
        return
    async with database.writing() as connection:
        await wait_to_hold(connection)
        yield


@asynccontextmanager
async def _writing(database: Database) -> AsyncIterator[AsyncConnection]:
    async with database.writing() as connection:
        if database.is_sqlite:
            await hold(connection)
        yield connection
