"""Several processes as one bot: shared work, take-over, a graceful end, roles, a new index, a lost database."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text

from storage.schema import conversations, inbox
from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import database_of, drained, hears, lines, rows, until, violations
from tests.functional.world import ROOT, World
from tests.patience import PATIENCE
from tests.servers.postgres import PostgresServer

TAKE_OVER_SECONDS = 20.0
"""The promise is 10 s; the rest is for a machine with other things to do."""


def number(n: int) -> str:
    return f"HY2099444{n:04d}"


async def ask(world: World, shopper: str, words: str) -> None:
    await world.says(shopper, words, wait=False)


async def test_a_process_that_is_killed_is_taken_over_from_within_ten_seconds(fresh_world: World) -> None:
    world = fresh_world
    world.settings = {"inbox": {"passive_wait_seconds": 0}}
    world.write_config()
    await world.start_bot("one")
    await world.start_bot("two", role="worker")
    for n in range(12):
        await ask(world, f"s{n}", f"订单{number(n)}")
    await drained(world)

    # The dead one held the turn and the send of somebody: the leases say so, and nobody is there to end them.
    await _leases_of_a_dead_process(world)
    await world.kill_bot("two")
    await asyncio.gather(*(ask(world, f"s{n}", f"订单{number(100 + n)}") for n in range(12)))

    async def all_answered() -> bool:
        heard = [" ".join(str(line["content"]) for line in await lines(world, f"s{n}")) for n in range(12)]
        return all(number(100 + n) in heard[n] for n in range(12))

    await until(all_answered, "answers from the process that is left", TAKE_OVER_SECONDS)
    assert await violations(world) == {}


async def _leases_of_a_dead_process(world: World) -> None:
    """As they are the moment after a process took everything and died: 6 s to think, 8 s to send."""
    async with database_of(world) as database, database.writing() as connection:
        now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
        leases = f"turn_token='dead', turn_until_ms={now}+6000, send_token='dead', send_until_ms={now}+8000"
        await connection.execute(text(f"UPDATE conversations SET {leases}"))


async def test_stopping_gracefully_loses_nothing(fresh_world: World) -> None:
    world = fresh_world
    await world.start_bot("one")
    for n in range(30):
        await ask(world, f"s{n}", f"订单{number(n)}")
    assert await world.stop_bot("one") == 0
    assert "serve.stopping" in world.log("one")
    assert "Traceback" not in world.log("one")

    await world.start_bot("two")
    await drained(world)
    received = " ".join(row.body for row in await rows(world, inbox))
    for n in range(30):
        heard = " ".join(str(line["content"]) for line in await lines(world, f"s{n}"))
        gave_up = number(n) not in received
        assert gave_up or number(n) in heard


async def test_web_and_worker_may_be_different_processes(fresh_world: World) -> None:
    world = fresh_world
    await world.start_bot("web", role="web")
    async with world.session.get(f"{world.bot_url}/readyz") as response:
        assert set((await response.json())["checks"]) == {"database", "redis"}
    await ask(world, "early", QUESTION)

    await world.start_bot("worker", role="worker")
    assert await hears(world, "early", 1) == [right_answer()]
    answered = await world.sim(
        "POST", f"shoppers/wang/say?wait=answer&timeout={PATIENCE}", {"text": QUESTION}
    )
    assert answered["heard"]["content"]["text"] == right_answer()
    assert await world.stop_bot("worker") == 0
    assert await world.stop_bot("web") == 0


async def test_without_an_index_it_is_not_ready_and_is_as_soon_as_there_is_one(
    fresh_world: World, example_knowledge: Path
) -> None:
    world = fresh_world
    world.knowledge_base = world.folder / "kb"
    world.write_config()
    await world.start_bot(ready=False)

    async def says_why() -> bool:
        return "kb import" in str((await _readiness(world))["checks"].get("knowledge_base", ""))

    await until(says_why, "readiness that names the missing index")
    assert (await _readiness(world))["status"] == 503
    assert "还在准备资料" in str(await world.says("wang", "退"))

    shutil.copytree(example_knowledge, world.knowledge_base, symlinks=True)
    await world.wait_ready()
    assert await world.says("wang", QUESTION) == right_answer()


async def _readiness(world: World) -> dict[str, Any]:
    try:
        async with world.session.get(f"{world.bot_url}/readyz") as response:
            return {"status": response.status, **await response.json()}
    except OSError:
        return {"status": 0, "checks": {}}


async def test_a_new_index_is_taken_while_questions_are_answered(
    fresh_world: World, example_knowledge: Path
) -> None:
    world = fresh_world
    world.knowledge_base = world.folder / "kb"
    shutil.copytree(example_knowledge, world.knowledge_base, symlinks=True)
    world.write_config()
    await world.start_bot()
    news = world.folder / "news.yml"
    entry = {"id": "moon", "question": "月亮上能送货吗？", "answer": "暂时送不到月亮上。"}
    news.write_text(yaml.safe_dump([entry], allow_unicode=True), encoding="utf-8")

    importing = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "kb", "import", str(news), "--config", str(world.config)),
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    asked = 0
    async with asyncio.timeout(PATIENCE):
        while await world.says(f"reader{asked}", entry["question"]) != entry["answer"]:
            assert await world.says(f"reader{asked}", QUESTION) == right_answer()
            asked += 1
    assert await importing.wait() == 0
    assert await world.says("last", QUESTION) == right_answer()
    assert await violations(world) == {}


@pytest.fixture
async def own_database(postgres_server: PostgresServer) -> AsyncIterator[str]:
    """The name of a database that may be closed to everybody."""
    name = "shop_that_closes"
    await postgres_server.execute(f"CREATE DATABASE {name}")
    yield name
    await postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_database_that_goes_and_comes_back_costs_time_and_no_message(
    fresh_world: World, postgres_server: PostgresServer, own_database: str
) -> None:
    world = fresh_world
    world.database_url = postgres_server.url(own_database)
    world.write_config()
    await world.start_bot()
    assert await world.says("wang", QUESTION) == right_answer()

    await postgres_server.execute(f"ALTER DATABASE {own_database} WITH ALLOW_CONNECTIONS false")
    await postgres_server.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{own_database}'"
    )

    async def unready() -> bool:
        return bool((await _readiness(world))["status"] == 503)

    await until(unready, "a readiness that says no")
    await ask(world, "wang", f"订单{number(1)}")

    async def given_up_on_a_loop() -> bool:
        return "claim_failed" in world.log()

    await until(given_up_on_a_loop, "a worker that found no database")
    await postgres_server.execute(f"ALTER DATABASE {own_database} WITH ALLOW_CONNECTIONS true")

    await until(lambda: _heard(world, "wang", number(1)), "the answer to what was asked meanwhile")
    assert await world.says("li", QUESTION) == right_answer()
    await _nothing_is_held(world)


async def _heard(world: World, shopper: str, words: str) -> bool:
    return any(words in str(line["content"]) for line in await lines(world, shopper))


async def _nothing_is_held(world: World) -> None:
    await drained(world)
    assert {row.turn_token for row in await rows(world, conversations)} == {None}
