"""Connections: what SQLite is told on each of them, who waits for whom, and what a lost database looks like."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.patience import PATIENCE

FULL = 2
WINDOW = text("INSERT INTO reply_windows (conversation_id, trigger, opened_ms) VALUES (:id, 'message', 1)")
COUNT = text("SELECT count(*) FROM reply_windows")


@pytest.fixture
def sqlite(tmp_path: Path) -> DatabaseSettings:
    return DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/deep/down/xiaoer.db", pool_size=3)


async def test_every_connection_to_sqlite_is_durable_and_patient(sqlite: DatabaseSettings) -> None:
    database = Database(sqlite)
    wanted = {"synchronous": FULL, "journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 20_000}
    seen = []
    async with database.writing() as w, database.reading() as a, database.reading() as b:
        for connection in (w, a, b):
            pragmas = {name: await connection.execute(text(f"PRAGMA {name}")) for name in wanted}
            seen.append({name: row.scalar_one() for name, row in pragmas.items()})
    await database.close()
    assert seen == [wanted] * 3


async def test_a_transaction_is_kept_as_a_whole_or_not_at_all(database: Database) -> None:
    async def fail() -> None:
        async with database.writing() as connection:
            await connection.execute(WINDOW, {"id": "a"})
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with database.writing() as connection:
        await connection.execute(WINDOW, {"id": "b"})
    async with database.reading() as connection:
        await connection.execute(WINDOW, {"id": "c"})  # only looked at: nothing of it is kept
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT conversation_id FROM reply_windows"))
        assert rows.scalars().all() == ["b"]


async def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    async with database.writing() as writer:
        await writer.execute(WINDOW, {"id": "a"})
        async with asyncio.timeout(PATIENCE), database.reading() as reader:
            assert (await reader.execute(COUNT)).scalar_one() == 0


async def test_two_processes_write_to_one_file_without_getting_in_each_others_way(
    sqlite: DatabaseSettings,
) -> None:
    one, two = Database(sqlite), Database(sqlite)
    await migrate(one)

    async def write(database: Database, name: str) -> None:
        for number in range(20):
            async with database.writing() as connection:
                # Reads first: without BEGIN IMMEDIATE this is how two writers run into a deadlock.
                await connection.execute(COUNT)
                await connection.execute(WINDOW, {"id": f"{name}{number}"})

    await asyncio.gather(write(one, "one"), write(two, "two"))
    async with one.reading() as connection:
        assert (await connection.execute(COUNT)).scalar_one() == 40
    await one.close()
    await two.close()


@pytest.mark.parametrize(
    "url", ["postgresql+asyncpg://x@/shop?host=/nowhere", "postgresql+asyncpg://x@127.0.0.1:1/shop"]
)
async def test_a_server_that_is_away_is_a_database_error(url: str) -> None:
    database = Database(DatabaseSettings(url=url))
    with pytest.raises(OperationalError):
        async with database.reading():
            raise AssertionError("there is nothing to read")
    with pytest.raises(OperationalError):
        async with database.writing():
            raise AssertionError("there is nowhere to write")
    await database.close()


async def test_a_server_that_turns_us_away_is_a_database_error(postgres_url: str) -> None:
    missing = Database(DatabaseSettings(url=postgres_url.replace("/test_", "/missing_")))
    with pytest.raises(SQLAlchemyError):
        async with missing.reading():
            raise AssertionError("there is no such database")
    await missing.close()


async def test_errors_of_the_callers_own_are_left_alone(database: Database) -> None:
    for block in (database.reading, database.writing):
        with pytest.raises(ConnectionRefusedError):
            async with block():
                raise ConnectionRefusedError
