"""Makes all profiles that wait, for whoever wants to look at them next: imports, demos."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from customers.profile.profiler import Profiler
from customers.waiting import SOON_MS
from storage.customers_schema import customers_waiting, events_waiting
from storage.database import Database

_OTHERS_WORK_SECONDS = 0.2

Progress = Callable[[int, int], None]
"""Customers done, and about how many there are."""


async def settle(
    database: Database, profiler: Profiler, now: datetime, progress: Progress | None = None
) -> None:
    """Until nobody waits and the line of the top share stays where it is, whichever process does the work."""
    late = now + timedelta(milliseconds=SOON_MS)
    about, done = await _how_many_wait(database), 0
    while True:
        judged = await profiler.round(late)
        done += judged
        if progress is not None:
            progress(done, max(about, done))
        if judged:
            continue
        if await _how_many_wait(database):
            await asyncio.sleep(_OTHERS_WORK_SECONDS)
        elif not await profiler.move_line(late):
            return


async def _how_many_wait(database: Database) -> int:
    async with database.reading() as connection:
        names = select(func.count(func.distinct(events_waiting.c.identity_id)))
        events: int = (await connection.execute(names)).scalar_one()
        customers: int = (
            await connection.execute(select(func.count()).select_from(customers_waiting))
        ).scalar_one()
    return events + customers
