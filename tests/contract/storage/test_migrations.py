"""Migrations: they run by themselves, once, whoever starts first, and lead to what the schema says."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from storage import migrate as migrating
from storage.database import Database
from storage.migrate import migrate
from storage.schema import metadata
from storage.settings import DatabaseSettings

ROOT = Path(__file__).parent.parent.parent.parent
START = """
import asyncio, sys
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings

async def start():
    database = Database(DatabaseSettings(url=sys.argv[1]))
    await migrate(database)
    await database.close()

print("loaded", flush=True)
sys.stdin.read()  # all of them at once
asyncio.run(start())
"""


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_a_fresh_database_gets_every_table(database: Database) -> None:
    async with database.writing() as connection:
        assert await connection.run_sync(_tables) == {*metadata.tables, "alembic_version"}


async def test_the_migrations_lead_to_the_schema(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.writing() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_conditions_of_partial_indexes_are_those_of_the_schema(database: Database) -> None:
    """Autogenerate does not compare them."""

    def conditions(connection: Connection) -> dict[str, str]:
        found = {}
        for table in metadata.tables:
            for index in inspect(connection).get_indexes(table):
                where = {**index.get("dialect_options", {})}
                condition = where.get("sqlite_where", where.get("postgresql_where"))
                if condition is not None:
                    found[str(index["name"])] = _words(str(condition))
        return found

    declared = {
        str(index.name): _words(str(index.dialect_options["sqlite"]["where"]))
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    async with database.writing() as connection:
        assert await connection.run_sync(conditions) == declared
    assert declared


def _words(condition: str) -> str:
    """The states that a condition names: databases spell the rest in their own way."""
    return " ".join(sorted(condition.split("'")[1::2]))


async def test_running_them_again_changes_nothing(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(
            text("INSERT INTO reply_windows (conversation_id, trigger, opened_ms) VALUES ('a', 'b', 1)")
        )
    await migrate(database)
    async with database.reading() as connection:
        assert (await connection.execute(text("SELECT used FROM reply_windows"))).scalars().all() == [0]


async def test_four_processes_that_start_at_once_all_find_it_done(database_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", START, database_url),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"loaded\n"
    ends = await asyncio.gather(*(process.communicate(b"") for process in processes))

    assert [process.returncode for process in processes] == [0] * 4, [err.decode() for _, err in ends]
    database = Database(DatabaseSettings(url=database_url))
    async with database.reading() as connection:
        version = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
    await database.close()
    assert version == [_head()]


def _head() -> str | None:
    return ScriptDirectory.from_config(migrating._config()).get_current_head()
