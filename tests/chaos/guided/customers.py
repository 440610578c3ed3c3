"""Customers who return a bag of rice: one message after the answer to the one before, and again when there is none."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from conversations.clock import SystemClock
from mall.demo import store
from mall.port import Item, Order, OrderStatus
from tests.chaos.guided.killer import Killer
from tests.chaos.guided.lines import GOODS, OPENING, answer, shown
from tests.functional.bot.watching import conversation_of, database_of
from tests.functional.world import World

IMPATIENT = 1 / 12
"""So many ask for a person when they hear that it does not work at the moment."""

_LOOK_SECONDS = 0.4


@dataclass(slots=True, kw_only=True)
class Customers:
    """``patience``: seconds of silence after which a customer writes the same again.

    ``again`` counts that; ``came``: everybody, unless time was up before. ``active`` are in the middle, ``ended``
    have heard what they wanted to.
    """

    world: World
    killer: Killer
    names: Sequence[str]
    seed: int
    kills: int
    patience: float
    again: int = 0
    said: int = 0
    came: list[str] = field(default_factory=list)
    active: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)

    async def given_orders(self) -> None:
        """Everybody has one order, which has arrived and can be returned."""
        now = SystemClock().now()
        owners = {}
        for name in self.names:
            await self.world.sim("POST", "shoppers", {"id": name})
            owners[name] = await conversation_of(self.world, name)
        async with database_of(self.world) as database, database.writing() as connection:
            for number, name in enumerate(self.names):
                order = Order(
                    number=f"HY2026{number:07d}",
                    status=OrderStatus.DELIVERED,
                    items=tuple(Item(goods, 1) for goods in GOODS),
                    total_fen=9_900,
                    placed_at=now - timedelta(days=3),
                    shipped_at=now - timedelta(days=2),
                    delivered_at=now - timedelta(hours=20),
                    owner_ref=owners[name],
                )
                await store(connection, order)

    async def talk(self) -> None:
        """They come as the killing goes on, so that each kill finds some in the middle."""
        async with asyncio.TaskGroup() as group:
            for number, name in enumerate(self.names):
                group.create_task(self._one(number, name))

    async def _one(self, number: int, name: str) -> None:
        dice = random.Random(f"{self.seed}:{name}")
        impatient = dice.random() < IMPATIENT
        if not await self.killer.after(number * self.kills // len(self.names)):
            return
        self.came.append(name)
        await self.killer.works()
        await asyncio.sleep(dice.uniform(0, self.killer.every))
        self.active.add(name)
        await self._converse(name, dice, impatient=impatient)
        self.active.discard(name)
        self.ended.add(name)

    async def _converse(self, name: str, dice: random.Random, *, impatient: bool) -> None:
        heard: list[str] = []
        seen, last = 0, OPENING
        await self._say(name, last)
        waiting_since: float | None = time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            lines = (await self.world.sim("GET", f"shoppers/{name}/transcript?after={seen}"))["lines"]
            seen = max((line["number"] for line in lines), default=seen)
            new = [shown(line["content"]) for line in lines if line["direction"] == "heard"]
            if not new:
                if waiting_since is not None and time.monotonic() - waiting_since > self.patience:
                    self.again += 1
                    await self._say(name, last)
                    waiting_since = time.monotonic()
                continue
            heard += new
            following = answer(heard, last, impatient=impatient)
            if following.over:
                return
            waiting_since = None
            if following.says is not None:
                await asyncio.sleep(dice.uniform(*following.pause))
                last = following.says
                await self._say(name, last)
                waiting_since = time.monotonic()

    async def _say(self, name: str, text: str) -> None:
        await self.world.sim("POST", f"shoppers/{name}/say", {"text": text})
        self.said += 1
        self.killer.spoke()
