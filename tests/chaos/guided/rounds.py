"""One round: a world with a real Rasa, customers who return goods, kills, the calm afterwards, and the verdict."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage.errands_schema import errands
from tests.chaos.guided.customers import Customers
from tests.chaos.guided.evidence import Evidence, gather
from tests.chaos.guided.killer import Kill, Killer, plan
from tests.chaos.guided.verdict import Verdict, judge
from tests.functional.bot.watching import database_of, drained
from tests.functional.world import World
from tests.servers.ports import choose_free_port
from tests.servers.rasa import RasaServer

TIMES = {"passive_wait_seconds": 0.6, "retry_window_seconds": 8.0}
TIMEOUT_SCALE = "0.4"
"""The platform waits 2 s for an answer, not 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSettings:
    """``every``: seconds from everything works to the next kill, on average. ``patience``: of a customer, in seconds.

    ``minutes``: after so many nobody is killed any more, and nobody new comes. ``calm``: seconds
    after the last kill within which everybody has to come to an end.
    """

    customers: int
    kills: int
    seed: int
    every: float = 4.0
    patience: float = 60.0
    calm: float = 180.0
    minutes: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``figures`` are for JSON."""

    verdict: Verdict
    figures: dict[str, Any]


async def run_round(
    settings: RoundSettings, folder: Path, knowledge_base: Path, tell: Callable[[str], None]
) -> Outcome:
    began = time.monotonic()
    dice = random.Random(settings.seed)
    bot_port = choose_free_port()
    rasa = await asyncio.to_thread(RasaServer, folder, actions_port=bot_port)
    secrets = {"XIAOER_RASA__TOKEN": rasa.token, "XIAOER_RASA__ACTION_SECRET": rasa.action_secret}
    async with World(
        folder=folder,
        knowledge_base=knowledge_base,
        bot_port=bot_port,
        settings={"inbox": TIMES, "rasa": {"url": rasa.url}},
        simulator_options=("--timeout-scale", TIMEOUT_SCALE, "--seed", str(settings.seed)),
    ) as world:
        killer = Killer(
            world=world,
            rasa=rasa,
            secrets=secrets,
            dice=dice,
            every=settings.every,
            until=began + settings.minutes * 60,
            tell=tell,
        )
        customers = Customers(
            world=world,
            killer=killer,
            names=[f"guest{number:03d}" for number in range(settings.customers)],
            seed=settings.seed,
            kills=settings.kills,
            patience=settings.patience,
        )
        try:
            await killer.start()
            await customers.given_orders()
            tell("everything works")
            unsettled = await _play(settings, killer, customers, dice)
            evidence = await gather(world, customers.came, unsettled=unsettled)
        finally:
            await killer.stop()
    verdict = judge(evidence)
    seconds = time.monotonic() - began
    return Outcome(verdict=verdict, figures=_figures(settings, killer, customers, evidence, verdict, seconds))


async def _play(
    settings: RoundSettings, killer: Killer, customers: Customers, dice: random.Random
) -> tuple[str, ...]:
    """Returns what never came to rest; nothing, as a rule. Raises what killing or talking failed with."""
    talking = asyncio.create_task(customers.talk())
    killing = asyncio.create_task(
        killer.run(plan(settings.kills, dice), in_the_middle=lambda: len(customers.active))
    )
    try:
        await asyncio.wait({talking, killing}, return_when=asyncio.FIRST_COMPLETED)
        if talking.done():
            await talking
        await killing
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(talking), settings.calm)
    finally:
        for task in (talking, killing):
            task.cancel()
        await asyncio.gather(talking, killing, return_exceptions=True)
    late = tuple(f"{name} has not come to an end" for name in customers.came if name not in customers.ended)
    return (*late, *await _settled(killer.world))


async def _settled(world: World) -> tuple[str, ...]:
    try:
        await drained(world)
    except AssertionError as error:
        return (str(error),)
    async with database_of(world) as database, database.reading() as connection:
        waiting = await connection.execute(select(errands.c.key).where(errands.c.state == "pending"))
        return tuple(f"the errand {row.key} is still pending" for row in waiting)


def _figures(
    settings: RoundSettings,
    killer: Killer,
    customers: Customers,
    evidence: Evidence,
    verdict: Verdict,
    seconds: float,
) -> dict[str, Any]:
    return {
        "customers": len(customers.came),
        "seed": settings.seed,
        "kills": dict(Counter(kill.value for kill in killer.done)),
        "rasa_killed": sum(Kill.RASA in kill.victims for kill in killer.done),
        "bot_killed": sum(Kill.BOT in kill.victims for kill in killer.done),
        "in_the_middle_at_kills": sum(killer.met),
        "kills_that_met_nobody": killer.met.count(0),
        "messages": customers.said,
        "written_again": customers.again,
        "thought_again": evidence.thought_again,
        "ends": {end.value: count for end, count in sorted(verdict.ends.items())},
        "doubled": len(verdict.doubled),
        "lost": len(verdict.lost),
        "told_twice_on_record": verdict.told_twice_on_record,
        "customers_told_away": sum(one.told_away > 0 for one in evidence.customers),
        "returns_in_the_mall": sum(len(one.returns) for one in evidence.customers),
        "errands": sum(len(one.errands) for one in evidence.customers),
        "seconds": round(seconds),
        "problems": list(verdict.problems),
    }
