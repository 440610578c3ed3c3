"""Reading aside, on both databases: in another thread, with what is committed, and with the errors of the query."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.migrate import migrate
from storage.reading_aside import read_aside
from storage.schema import facts
from storage.settings import DatabaseSettings


async def test_it_reads_what_is_committed_in_a_thread_of_its_own(
    database: Database, database_url: str
) -> None:
    await migrate(database)
    async with database.writing() as connection:
        row = {"key": "k", "name": "n", "details": "{}", "at_ms": 1}
        await connection.execute(facts.insert(), [row])

    async def count(connection: AsyncConnection) -> tuple[int, int]:
        found = await connection.execute(select(func.count()).select_from(facts))
        return int(found.scalar_one()), threading.get_ident()

    counted, thread = await read_aside(DatabaseSettings(url=database_url), count)
    assert counted == 1
    assert thread != threading.get_ident()


async def test_what_the_query_raises_comes_out(database_url: str) -> None:
    async def fails(connection: AsyncConnection) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await read_aside(DatabaseSettings(url=database_url), fails)
