"""One round: a world with three processes of the bot, customers who want people, agents, kills, and the verdict."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from conversations.ownership import Owner
from escalation.service import ServiceState
from storage.database import Database
from storage.people_schema import is_under_way, service_events, services
from storage.schema import conversations, inbox, outbox
from tests.chaos.people.agents import Agents
from tests.chaos.people.verdict import (
    PLATFORMS_NOTICE,
    Line,
    Standing,
    Verdict,
    doubled,
    out_of_order,
    spoken_over,
)
from tests.functional.bot.watching import conversation_of, database_of, drained, lines, violations
from tests.functional.world import World, line_text

PROCESSES = {"web-1": "web", "web-2": "web", "worker-1": "worker", "worker-2": "worker"}
TIMES = {"passive_wait_seconds": 0.6, "retry_window_seconds": 8.0}
QUESTIONS = ("荔枝怎么保存？", "满多少包邮？", "杨梅怎么洗？")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSettings:
    """``every``: seconds between kills, on average. ``patience``: seconds for one handoff to come to an end."""

    handoffs: int
    customers: int = 40
    kills: int = 0
    every: float = 4.0
    seed: int = 1
    patience: float = 150.0
    database_url: str = ""


class Round:
    def __init__(
        self, settings: RoundSettings, world: World, database: Database, tell: Callable[[str], None]
    ):
        self.settings = settings
        self.world = world
        self.database = database
        self.tell = tell
        self.dice = random.Random(settings.seed)
        self.agents = Agents(database=database, seed=settings.seed)
        self.killed = 0
        self.done = 0
        self.unfinished: list[str] = []
        self.bad_standings: set[str] = set()

    async def play(self) -> Verdict:
        began = time.monotonic()
        for name, role in PROCESSES.items():
            await self.world.start_bot(name, role=role)
        await self.agents.come()
        working = asyncio.create_task(self.agents.work())
        watching = asyncio.create_task(self._watch())
        names = [f"guest{number:03d}" for number in range(self.settings.customers)]
        share = -(-self.settings.handoffs // len(names))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._kill())
                for name in names:
                    group.create_task(self._customer(name, share))
        finally:
            watching.cancel()
            await asyncio.wait({watching})
            self.agents.closing = True
            await asyncio.sleep(2)
            working.cancel()
            await asyncio.wait({working})
        for task in (watching, working):
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
        for name, role in PROCESSES.items():
            if name not in self.world.bots:
                await self.world.start_bot(name, role=role)
        with suppress(AssertionError):
            await drained(self.world)
        return await self._judge(names, time.monotonic() - began)

    async def _customer(self, name: str, times: int) -> None:
        dice = random.Random(f"{self.settings.seed}:{name}")
        where = ""
        handed = 0
        while handed < times or self.killed < self.settings.kills:
            handed += 1
            await self.world.says(name, dice.choice(QUESTIONS), wait=False)
            await asyncio.sleep(dice.uniform(0.1, 0.6))
            before = self.agents.ended[where] if where else 0
            where = where or await conversation_of(self.world, name)
            deadline = time.monotonic() + self.settings.patience
            asked = 0.0
            while self.agents.ended[where] == before:
                if time.monotonic() > deadline:
                    self.unfinished.append(where)
                    return
                # Asked again now and then: the first wish may have met a moment in which nobody was needed any more.
                if time.monotonic() - asked > 8:
                    asked = time.monotonic()
                    await self.world.says(name, "转人工", wait=False)
                elif dice.random() < 0.5:
                    await self.world.says(name, dice.choice(("在吗", *QUESTIONS)), wait=False)
                await asyncio.sleep(dice.uniform(0.2, 1.2))
            self.done += 1
            if self.done % 100 == 0:
                self.tell(f"{self.done} handoffs, {self.killed} kills, {dict(self.agents.acts)}")

    async def _kill(self) -> None:
        while self.killed < self.settings.kills:
            await asyncio.sleep(self.dice.expovariate(1 / self.settings.every))
            name = self.dice.choice(sorted(PROCESSES))
            if name not in self.world.bots:
                continue
            await self.world.kill_bot(name)
            self.killed += 1
            await self.world.start_bot(name, role=PROCESSES[name])

    async def _watch(self) -> None:
        """Looks again and again whether each conversation has exactly one owner."""
        while True:
            self.bad_standings.update(await self._problems())
            await asyncio.sleep(0.5)

    async def _problems(self) -> list[str]:
        query = (
            select(
                conversations.c.id,
                conversations.c.owner,
                conversations.c.agent,
                services.c.state,
                services.c.agent.label("served_by"),
            )
            .select_from(conversations)
            .outerjoin(services, (services.c.conversation_id == conversations.c.id) & is_under_way())
            .where(conversations.c.channel == "official")
        )
        async with self.database.reading() as connection:
            rows: list[Any] = list(await connection.execute(query))
        by_id: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            by_id[row.id].append(row)
        standings = [
            Standing(
                conversation=name,
                owner=Owner(group[0].owner),
                agent=group[0].agent,
                services=tuple(
                    (ServiceState(row.state), row.served_by) for row in group if row.state is not None
                ),
            )
            for name, group in by_id.items()
        ]
        return [each.problem for each in standings if each.problem is not None]

    async def _judge(self, names: list[str], seconds: float) -> Verdict:
        heard = {}
        for name in names:
            heard[await conversation_of(self.world, name)] = [
                Line(at_ms=int(datetime.fromisoformat(line["at"]).timestamp() * 1000), text=line_text(line))
                for line in await lines(self.world, name)
            ]
        left = await self._problems()
        over = spoken_over(heard, self.agents.owned)
        disordered = out_of_order(heard, self.agents.said)
        verdict = Verdict()
        verdict.problems += [*sorted(self.bad_standings), *left, *over]
        verdict.problems += [f"{each}: words of people out of order" for each in disordered]
        verdict.problems += [f"{each}: a handoff never came to an end" for each in self.unfinished]
        async with self.database.reading() as connection:
            counted = await connection.execute(
                select(service_events.c.kind, func.count()).group_by(service_events.c.kind)
            )
            events: dict[str, int] = {row[0]: row[1] for row in counted}
            open_now = (
                await connection.execute(select(func.count()).select_from(services).where(is_under_way()))
            ).scalar_one()
            dead = (
                await connection.execute(
                    select(func.count()).select_from(inbox).where(inbox.c.state == "dead")
                )
            ).scalar_one()
            states = {
                row[0]: row[1]
                for row in await connection.execute(
                    select(outbox.c.state, func.count()).group_by(outbox.c.state)
                )
            }
        verdict.figures = {
            "handoffs": sum(self.agents.ended.values()),
            "kills": self.killed,
            "seconds": round(seconds, 1),
            "acts_of_agents": dict(self.agents.acts),
            "events": events,
            "still_open": open_now,
            "messages_dead": dead,
            "outbox": states,
            "spoken_over_people": len(over),
            "without_one_owner": len(self.bad_standings) + len(left),
            "lost_from_the_queue": len(self.unfinished),
            "out_of_order": len(disordered),
            "platform_said_we_are_away": sum(
                line.text == PLATFORMS_NOTICE for each in heard.values() for line in each
            ),
            "doubled_at_kills": doubled(heard),
            "rules_broken": await violations(self.world),
        }
        return verdict


async def run_round(
    settings: RoundSettings, folder: Path, knowledge_base: Path, tell: Callable[[str], None]
) -> Verdict:
    async with World(
        folder=folder,
        knowledge_base=knowledge_base,
        settings={"inbox": TIMES, "official": {"handoff": "desk"}},
        simulator_options=("--timeout-scale", "0.4", "--seed", str(settings.seed)),
        database_url=settings.database_url,
    ) as world:
        # The first process makes the schema before anybody looks at it.
        await world.start_bot("first", role="web")
        await world.stop_bot("first")
        async with database_of(world) as database:
            return await Round(settings, world, database, tell).play()
