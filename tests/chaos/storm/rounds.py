"""One round of the storm: a fresh world, a plan played out in it, the calm, the verdict."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.chaos.storm import weather
from tests.chaos.storm.dossier import keep_dossiers
from tests.chaos.storm.evidence import gather
from tests.chaos.storm.killer import CREW, Killer
from tests.chaos.storm.newsreel import Newsreel, following
from tests.chaos.storm.plan import ACCOUNTS, Plan, draw
from tests.chaos.storm.players import Players
from tests.chaos.storm.settling import Settling
from tests.chaos.storm.verdict import Verdict, judge
from tests.functional.world import World

SERVICERS = ("zhangsan", "lisi", "wangwu")
Tell = Callable[[str], None]
_TELL_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSettings:
    """``seconds``: over how long the messages are written; ``kill_every``: between kills, on average."""

    messages: int
    customers: int
    seconds: float
    seed: int
    number: int = 0
    kill_every: float = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The servers and the folder that a round uses; the database is empty and the round's own."""

    folder: Path
    knowledge_base: Path
    database_url: str
    redis_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``figures`` are plain values for JSON."""

    verdict: Verdict
    figures: Mapping[str, Any]


async def run_round(settings: RoundSettings, around: Surroundings, tell: Tell = lambda _: None) -> Outcome:
    """Plays one round. Raises only when the storm itself is broken; what the bot did wrong is in the verdict."""
    began = time.monotonic()
    plan = draw(
        messages=settings.messages,
        customers=settings.customers,
        seconds=settings.seconds,
        seed=settings.seed,
        servicers=SERVICERS,
        number=settings.number,
    )
    dice = random.Random(f"round {settings.seed} {settings.number}")
    newsreel = Newsreel()
    async with _world(around, settings) as world:
        killer = Killer(world=world, dice=dice, every=settings.kill_every)
        players = Players(world, newsreel, dice)
        settling = Settling(world, players, newsreel, dice, round_number=settings.number, tell=tell)
        await killer.start_all()
        await players.enter(plan.customers)
        await world.sim("PATCH", "settings", {"corp": weather.CORP_KNOBS})
        async with following(world, newsreel), _telling(tell, players, newsreel, killer, plan):
            hits = await _storm(world, plan, players, killer, settings)
            stormed = time.monotonic()
            tell(f"the storm is over after {stormed - began:.0f} s, {killer.kills} kills; settling")
            unsettled = await settling.settle()
            for name in CREW:
                if world.bots[name].returncode is not None:
                    unsettled += (f"{name} ended by itself: {world.log(name)[-500:]}",)
        evidence = await gather(
            world, players.asked, newsreel, replayed=settling.replayed, unsettled=unsettled
        )
        verdict = judge(evidence)
        await keep_dossiers(world, evidence, verdict, around.folder / "problems.json")
    seconds = time.monotonic() - began
    figures = {
        **asdict(settings),
        "asked": len(evidence.asked),
        "last_words": settling.last_words,
        "attempts": dict(evidence.attempts),
        "ends": {end.value: count for end, count in verdict.ends.items()},
        "problems": list(verdict.problems),
        "said_twice_on_record": list(verdict.said_twice_on_record),
        "sent_again_from_the_dead_list": list(settling.replayed),
        "refused_about_people": dict(verdict.refused_about_people),
        "customers_with_people": len(evidence.touched),
        "moves_to_people": newsreel.moves_to_people,
        "said_in_states_2_and_3": len(verdict.over_people),
        "repeated_callbacks": len(evidence.repeated),
        "kills": killer.kills,
        "faults": hits,
        "errcodes": dict(newsreel.calls.most_common()),
        "storm_seconds": round(stormed - began, 1),
        "seconds_in_all": round(seconds, 1),
        "messages_per_second": round(len(evidence.asked) / seconds, 1),
    }
    return Outcome(verdict=verdict, figures=figures)


def _world(around: Surroundings, settings: RoundSettings) -> World:
    around.folder.mkdir(parents=True, exist_ok=True)
    bounds = around.folder / "simulator.yml"
    bounds.write_text(yaml.safe_dump(weather.SIMULATOR_BOUNDS))
    return World(
        folder=around.folder,
        knowledge_base=around.knowledge_base,
        database_url=around.database_url,
        corp=True,
        kefu_accounts=ACCOUNTS,
        servicers=SERVICERS,
        settings={
            "inbox": {
                "passive_wait_seconds": weather.PASSIVE_WAITS[settings.number % len(weather.PASSIVE_WAITS)],
                "retry_window_seconds": weather.RETRY_WINDOW_SECONDS,
            },
            "redis": {"url": around.redis_url},
            "wecom": {
                "kefu": {"accounts": list(ACCOUNTS), "reconcile_seconds": weather.RECONCILE_SECONDS},
            },
        },
        simulator_options=(
            *("--config", str(bounds)),
            *("--timeout-scale", str(weather.TIMEOUT_SCALE)),
            *("--seed", str(settings.seed)),
        ),
    )


async def _storm(
    world: World, plan: Plan, players: Players, killer: Killer, settings: RoundSettings
) -> dict[str, int]:
    """Everything at once; afterwards the weather is fine. Returns how often each fault struck."""
    seed = settings.seed + settings.number
    await world.sim("PUT", "faults", {"rules": list(weather.RULES), "seed": seed})
    closing = asyncio.create_task(_closing(world, plan, settings.number))
    try:
        async with killer.at_work():
            await players.play(plan)
    finally:
        await asyncio.gather(closing)
    struck = await world.sim("GET", "faults")
    await world.sim("DELETE", "faults")
    await world.sim("PATCH", "settings", {"corp": {"kefu_sync_empty_probability": 0.0}})
    hits: dict[str, int] = {}
    for rule in struck["rules"]:
        name = " ".join(filter(None, (rule["kind"], rule["path"] or rule["side"])))
        name += f" {rule['errcode']}" if rule["kind"] == "errcode" else ""
        hits[name] = hits.get(name, 0) + rule["hits"]
    return hits


async def _closing(world: World, plan: Plan, number: int) -> None:
    """For a part of the storm the platform closes whole APIs; on a slow machine later, but surely."""
    since, until = weather.CLOSINGS[number % len(weather.CLOSINGS)]
    await asyncio.sleep(plan.seconds * since)
    armed = [await world.sim("POST", "faults", rule) for rule in weather.CLOSING_RULES]
    await asyncio.sleep(plan.seconds * (until - since))
    struck = {rule["id"] for rule in (await world.sim("GET", "faults"))["rules"] if rule["hits"]}
    for rule in armed:
        name = rule["rules"][-1]["id"]
        if name in struck:
            await world.sim("DELETE", f"faults/{name}")


@asynccontextmanager
async def _telling(
    tell: Tell, players: Players, newsreel: Newsreel, killer: Killer, plan: Plan
) -> AsyncIterator[None]:
    """A line now and then while the block runs."""

    async def run() -> None:
        began, questions = time.monotonic(), len(plan.questions)
        while True:
            await asyncio.sleep(_TELL_SECONDS)
            tell(
                f"{time.monotonic() - began:5.0f} s  {len(players.asked)}/{questions} written, "
                f"{newsreel.spoke} said at 微信客服, {killer.kills} kills, "
                f"{newsreel.moves_to_people} moves to people"
            )

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
