"""Bots are killed with SIGKILL at random moments while the platform drops, repeats and reorders callbacks.

In the end every message that the platform regards as received has been answered once and in order. "Once" is what
``docs/decisions/0011-unknown-outcomes.md`` says: a reply heard twice must be one whose outcome was recorded as unknown.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis.asyncio as redis

from tests.chaos.ledger import Ledger
from tests.functional.world import World

CUSTOMERS = 30
MESSAGES_EACH = 8
SECONDS = 12.0
ENOUGH = 120
"""Of 240 in a round: the platform gives up on what it sends while the only process is down, which is longer where the
machine is busy.
"""
MOST_ROUNDS = 4
FAULTS = [
    {"side": "callback", "kind": "drop_request", "probability": 0.05},
    {"side": "callback", "kind": "drop_response", "probability": 0.05},
    {"side": "callback", "kind": "duplicate", "probability": 0.08},
    {"side": "callback", "kind": "duplicate_after", "probability": 0.05},
    {"side": "callback", "kind": "reorder", "probability": 0.05},
    {"side": "api", "kind": "reset_after", "probability": 0.05, "path": "cgi-bin/message"},
    {"side": "api", "kind": "refuse", "probability": 0.05, "path": "cgi-bin/message"},
]
TIMES = {"passive_wait_seconds": 0.6, "retry_window_seconds": 8.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Which processes run; each entry is a name and its role."""

    name: str
    postgres: bool
    bots: tuple[tuple[str, str], ...]


ONE_ON_SQLITE = Crew(name="sqlite-one", postgres=False, bots=(("one", "all"),))
TWO_ON_SQLITE = Crew(name="sqlite-two", postgres=False, bots=(("one", "all"), ("two", "all")))
TWO_WORKERS_ON_POSTGRES = Crew(
    name="postgres-two-workers", postgres=True, bots=(("web", "web"), ("one", "worker"), ("two", "worker"))
)
CREWS = (ONE_ON_SQLITE, TWO_ON_SQLITE, TWO_WORKERS_ON_POSTGRES)


@pytest.fixture(params=CREWS, ids=lambda crew: crew.name)
def crew(request: pytest.FixtureRequest) -> Crew:
    chosen: Crew = request.param
    return chosen


@pytest.fixture
def database_url(crew: Crew, request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("postgres_url")) if crew.postgres else ""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("flushing", [False, True], ids=["redis-kept", "redis-flushed"])
async def test_every_received_message_is_answered_once_and_in_order(
    crew: Crew, database_url: str, flushing: bool, redis_url: str, example_knowledge: Path, tmp_path: Path
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    dice = random.Random(seed)
    async with World(
        folder=tmp_path,
        knowledge_base=example_knowledge,
        database_url=database_url,
        settings={"inbox": TIMES, "redis": {"url": redis_url}},
        simulator_options=("--timeout-scale", "0.4", "--seed", str(seed)),
    ) as world:
        for name, role in crew.bots:
            await world.start_bot(name, role=role)
        await world.sim("PUT", "faults", {"rules": FAULTS, "seed": seed})
        ledger = Ledger(world)
        async with _killing(world, crew, dice), _flushing(redis_url, dice, on=flushing):
            for _ in range(MOST_ROUNDS):
                await _everybody_talks(world, ledger, dice)
                if await ledger.not_given_up() >= ENOUGH + CUSTOMERS:
                    break
        await world.sim("DELETE", "faults")
        await ledger.settle()
        problems = await ledger.problems()
    assert not problems, f"seed {seed}:\n" + "\n".join(problems)
    assert ledger.received >= ENOUGH, "too few messages got through to prove anything"


async def _everybody_talks(world: World, ledger: Ledger, dice: random.Random) -> None:
    async def one(shopper: str, pauses: list[float]) -> None:
        for pause in pauses:
            await asyncio.sleep(pause)
            await ledger.asks(shopper)

    mean = SECONDS / MESSAGES_EACH
    await asyncio.gather(
        *(
            one(f"shopper{number}", [dice.uniform(0, 2 * mean) for _ in range(MESSAGES_EACH)])
            for number in range(CUSTOMERS)
        )
    )


@asynccontextmanager
async def _killing(world: World, crew: Crew, dice: random.Random) -> AsyncIterator[None]:
    """Kills a random process at a random moment, again and again; each works again before the next one dies."""
    roles = dict(crew.bots)

    async def kill() -> None:
        while True:
            await asyncio.sleep(dice.uniform(0.5, 3.0))
            name = dice.choice(list(roles))
            await world.kill_bot(name)
            await world.start_bot(name, role=roles[name], ready=False)
            await world.wait_working(name)

    task = asyncio.create_task(kill())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        for name, role in roles.items():
            if name not in world.bots:
                await world.start_bot(name, role=role, ready=False)


@asynccontextmanager
async def _flushing(redis_url: str, dice: random.Random, *, on: bool) -> AsyncIterator[None]:
    async def flush() -> None:
        async with redis.from_url(redis_url) as client:
            while True:
                await asyncio.sleep(dice.uniform(0.2, 1.5))
                await client.flushall()

    task = asyncio.create_task(flush()) if on else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
