"""Workers are killed with SIGKILL while they carry errands out: each is done once, told once, and in order."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.sql.expression import FromClause

from conversations.errands import ErrandKind
from mall.demo import store_points
from mall.port import Reward
from storage.database import Database
from storage.errands_schema import errands
from storage.mall_schema import mall_changes, mall_points
from storage.migrate import migrate
from storage.schema import conversations, messages, outbox
from storage.settings import DatabaseSettings
from tests.patience import PATIENCE
from tests.servers import processes

ROOT = Path(__file__).parent.parent.parent
CUSTOMERS = 12
EACH = 6
ENOUGH_FOR = 4
"""So many of a customer's six coupons can be paid for with their points."""
REWARD = Reward(id="c10", name="10 元代金券", points=100)
WORKERS = 3
DEATHS = 12
ENOUGH_DEATHS = 5
"""Fewer prove nothing; how many it takes to finish depends on the machine."""


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(DatabaseSettings(url=database_url))
    await migrate(database)
    yield database
    await database.close()


async def test_killed_between_the_malls_answer_and_our_commit(database: Database, database_url: str) -> None:
    await _ask_for_coupons(database, customers=1, each=1, points=150)
    killed = await _started(database_url, "answered")
    assert await asyncio.wait_for(killed.wait(), PATIENCE) == -signal.SIGKILL

    (before,) = await _rows(database, errands)
    assert (before.state, before.attempts) == ("pending", 1)
    assert len(await _rows(database, mall_changes)) == 1
    assert await _rows(database, outbox) == []

    await _somebody_lives(database, database_url)

    (after,) = await _rows(database, errands)
    assert (after.state, after.attempts) == ("done", 2)
    (change,) = await _rows(database, mall_changes)
    (told,) = await _rows(database, outbox)
    assert json.loads(told.body)["text"] == change.text
    assert [row.key for row in await _rows(database, messages)] == [told.key]
    assert [row.points for row in await _rows(database, mall_points)] == [50]


async def test_killed_at_any_moment(database: Database, database_url: str) -> None:
    await _ask_for_coupons(database, customers=CUSTOMERS, each=EACH, points=ENOUGH_FOR * REWARD.points + 50)
    deaths = await _die_one_after_the_other(database, database_url)
    await _somebody_lives(database, database_url)

    assert deaths >= ENOUGH_DEATHS
    asked = await _rows(database, errands)
    assert sum(row.attempts for row in asked) > len(asked), "nobody was killed in the middle of anything"
    changes = {row.key: row for row in await _rows(database, mall_changes)}
    assert changes.keys() == {row.key for row in asked}
    told = await _rows(database, outbox)
    assert len(told) == len(asked)
    assert sorted(row.key for row in await _rows(database, messages)) == sorted(row.key for row in told)
    assert {row.points for row in await _rows(database, mall_points)} == {50}
    for customer in range(CUSTOMERS):
        theirs = [row for row in asked if row.conversation_id == _customer(customer)]
        assert [row.state for row in theirs] == ["done"] * ENOUGH_FOR + ["declined"] * (EACH - ENOUGH_FOR)
        heard = [json.loads(row.body)["text"] for row in told if row.conversation_id == _customer(customer)]
        assert [text.partition("\n")[0] for text in heard] == [changes[row.key].text for row in theirs]


async def _die_one_after_the_other(database: Database, url: str) -> int:
    """Keeps several workers at it, each of which dies soon, while there is something to do; returns how many died."""
    deaths = 0
    running: set[asyncio.subprocess.Process] = set()
    try:
        async with asyncio.timeout(PATIENCE):
            while deaths < DEATHS and await _pending(database):
                while len(running) < WORKERS:
                    running.add(await _started(url, "random"))
                ended = {process for process in running if process.returncode is not None}
                assert all(process.returncode == -signal.SIGKILL for process in ended)
                deaths += len(ended)
                running -= ended
                await asyncio.sleep(0.02)
    finally:
        for process in running:
            await _stop(process)
    return deaths


async def _ask_for_coupons(database: Database, *, customers: int, each: int, points: int) -> None:
    everybody = [_customer(number) for number in range(customers)]
    async with database.writing() as connection:
        await store_points(connection, dict.fromkeys(everybody, points), [REWARD])
        await connection.execute(insert(conversations), [_conversation(name) for name in everybody])
        rows = [_errand(name, number) for number in range(each) for name in everybody]
        await connection.execute(insert(errands), rows)


def _customer(number: int) -> str:
    return f"official:gh_shop:peer{number}"


def _conversation(name: str) -> dict[str, Any]:
    channel, account, peer = name.split(":")
    return {"id": name, "channel": channel, "account": account, "peer": peer, "first_seen_ms": 1}


def _errand(customer: str, number: int) -> dict[str, Any]:
    return {
        "key": f"{customer}:{number}:errand:0",
        "conversation_id": customer,
        "customer_ref": customer,
        "kind": ErrandKind.REDEEM_POINTS.value,
        "details": json.dumps({"reward": REWARD.name}, ensure_ascii=False),
        "due_ms": 1,
        "created_ms": 1,
    }


async def _started(url: str, moment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos.errand_worker", url, moment),
        cwd=ROOT,
        preexec_fn=processes.die_with(os.getpid(), signal.SIGKILL),
    )


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def _somebody_lives(database: Database, url: str) -> None:
    """A worker that nobody kills ends what is left."""
    survivor = await _started(url, "never")
    try:
        await _all_ended(database)
    finally:
        await _stop(survivor)


async def _all_ended(database: Database) -> None:
    async with asyncio.timeout(PATIENCE):
        while await _pending(database):  # noqa: ASYNC110 - other processes change what it looks at
            await asyncio.sleep(0.05)


async def _pending(database: Database) -> bool:
    return any(row.state == "pending" for row in await _rows(database, errands))


async def _rows(database: Database, table: FromClause) -> list[Any]:
    async with database.reading() as connection:
        return list(await connection.execute(select(table).order_by(*table.primary_key)))
