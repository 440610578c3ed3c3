"""Kills a random process of the bot at a random moment, again and again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.functional.world import World

CREW = {"web": "web", "one": "worker", "two": "worker"}
"""Which processes run, and their roles."""


@dataclass(slots=True, kw_only=True)
class Killer:
    """``every``: seconds between a start and the next kill, on average. Each works again before the next one dies."""

    world: World
    dice: random.Random
    every: float
    kills: int = 0

    async def start_all(self) -> None:
        for name, role in CREW.items():
            await self.world.start_bot(name, role=role, ready=False)
        for name in CREW:
            await self.world.wait_working(name)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Kills while the block runs; afterwards every process works. Raises what went wrong in between."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            (ended,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended
        for name, role in CREW.items():
            if name not in self.world.bots:
                await self.world.start_bot(name, role=role, ready=False)
            await self.world.wait_working(name)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self.dice.uniform(0.2, 2 * self.every))
            name = self.dice.choice(list(CREW))
            await self.world.kill_bot(name)
            self.kills += 1
            await self.world.start_bot(name, role=CREW[name], ready=False)
            await self.world.wait_working(name)
