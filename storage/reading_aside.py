"""Reads much at once without holding up the event loop: in a thread, on connections of its own.

SQLite's statements run where they are asked for (``storage.inline_sqlite``), which is right for a few rows and wrong
for ten thousand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.settings import DatabaseSettings

T = TypeVar("T")
Query = Callable[[AsyncConnection], Awaitable[T]]


async def read_aside(settings: DatabaseSettings, query: Query[T]) -> T:
    """What ``query`` finds. It runs in a thread, with an event loop of its own, so it may also sum up what it read.

    Raises OperationalError when the database cannot be reached.
    """
    return await asyncio.to_thread(lambda: asyncio.run(_read(settings, query)))


async def _read(settings: DatabaseSettings, query: Query[T]) -> T:
    database = Database(settings.model_copy(update={"pool_size": 1}))
    try:
        async with database.reading() as connection:
            return await query(connection)
    finally:
        await database.close()
