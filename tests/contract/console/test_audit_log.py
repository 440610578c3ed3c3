"""The log on both databases: one chain whoever writes, kept or lost with the deed, and guarded by triggers."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from console.audit.chain import Act
from console.audit.log import AuditLog, Wanted
from storage.database import Database

ROOT = Path(__file__).parent.parent.parent.parent
WRITE = """
import asyncio, sys
from console.audit.chain import Act
from console.audit.log import AuditLog
from storage.database import Database
from storage.settings import DatabaseSettings

async def write():
    database = Database(DatabaseSettings(url=sys.argv[1]))
    log = AuditLog(database)
    await asyncio.gather(*(log.record(Act(actor=sys.argv[2], act="test.act")) for _ in range(20)))
    await database.close()

asyncio.run(write())
"""


async def test_many_writers_make_one_chain(database: Database) -> None:
    log = AuditLog(database)
    await asyncio.gather(*(log.record(Act(actor=f"p{n}", act="test.act")) for n in range(40)))
    verdict = await log.verify()
    assert (verdict.entries, verdict.problem) == (40, "")
    assert {entry.actor for entry in await log.read(Wanted(), limit=99)} == {f"p{n}" for n in range(40)}


async def test_several_processes_make_one_chain(database: Database, database_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", WRITE, database_url, f"process{n}"),
            cwd=ROOT,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        for n in range(3)
    ]
    ends = await asyncio.gather(*(process.communicate() for process in processes))
    assert [process.returncode for process in processes] == [0] * 3, [err.decode() for _, err in ends]
    verdict = await AuditLog(database).verify()
    assert (verdict.entries, verdict.problem) == (60, "")


async def test_the_entry_is_lost_with_the_deed(database: Database) -> None:
    log = AuditLog(database)
    await log.record(Act(actor="lan", act="test.first"))

    async def does_and_fails() -> None:
        async with database.writing() as connection:
            await log.append(connection, Act(actor="lan", act="test.undone"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await does_and_fails()
    await log.record(Act(actor="lan", act="test.second"))
    assert [entry.act for entry in await log.read(Wanted(), limit=9)] == ["test.second", "test.first"]
    assert (await log.verify()).problem == ""


@pytest.mark.parametrize("statement", ["UPDATE console_audit SET actor = 'x'", "DELETE FROM console_audit"])
async def test_the_database_refuses_changes(database: Database, statement: str) -> None:
    log = AuditLog(database)
    await log.record(Act(actor="lan", act="test.act"))
    with pytest.raises(DBAPIError, match="only grows"):
        async with database.writing() as connection:
            await connection.execute(text(statement))
    assert (await log.verify()).entries == 1


async def test_the_database_refuses_to_replace_or_empty(database: Database) -> None:
    log = AuditLog(database)
    await log.record(Act(actor="lan", act="test.act"))
    statement = (
        "INSERT OR REPLACE INTO console_audit SELECT seq, at_ms, 'x', act, subject, details, address, prev_hash, hash"
        " FROM console_audit"
        if database.is_sqlite
        else "TRUNCATE console_audit"
    )
    with pytest.raises(DBAPIError, match="only grows"):
        async with database.writing() as connection:
            await connection.execute(text(statement))
    assert (await log.verify()).problem == ""


async def test_filters_take_words_literally(database: Database) -> None:
    log = AuditLog(database)
    for act in ("person.added", "person.changed", "personal.revealed", "per_on.x"):
        await log.record(Act(actor="lan", act=act))
    assert [one.act for one in await log.read(Wanted(act="person."), limit=9)] == [
        "person.changed",
        "person.added",
    ]
    assert [one.act for one in await log.read(Wanted(act="per_on"), limit=9)] == ["per_on.x"]
    assert [one.seq for one in await log.read(Wanted(below_seq=3), limit=1)] == [2]
