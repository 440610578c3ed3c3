"""Kills Rasa, the bot, or both with SIGKILL while customers are in the middle of returns, and starts them again."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from tests.functional.world import World
from tests.servers.rasa import RasaServer

HASTY = 1 / 3
"""So often the next kill does not wait for what it does not kill: the bot dies while Rasa is still starting."""

TO_THE_POINT = 0.4
"""Seconds after a customer's message within which somebody is killed: a turn takes a tenth of a second or more."""

CROWD = 12
"""While more than these are in the middle of a return nobody is killed, or nobody would come to an end."""

_PATIENCE = 10.0
"""Seconds until somebody is killed even when nobody writes."""

_START_SECONDS = 300.0
"""Rasa's time to start on a machine that has much else to do."""

_THROUGH = 90.0
"""Seconds until somebody is killed even when there is still a crowd."""


class Kill(StrEnum):
    RASA = "rasa"
    BOT = "bot"
    BOTH = "both"

    @property
    def victims(self) -> tuple[Kill, ...]:
        return (Kill.RASA, Kill.BOT) if self is Kill.BOTH else (self,)


def plan(kills: int, dice: random.Random) -> list[Kill]:
    """So many kills, as many of each kind as can be, in any order."""
    kinds = [list(Kill)[number % len(Kill)] for number in range(kills)]
    dice.shuffle(kinds)
    return kinds


@dataclass(slots=True, kw_only=True)
class Killer:
    """``every``: seconds from everything works to the next kill, on average. ``secrets``: what the bot needs for Rasa.

    ``until``: on the clock ``time.monotonic``; nobody is killed later. ``met``: how many customers were in the middle
    at each kill.
    """

    world: World
    rasa: RasaServer
    secrets: Mapping[str, str]
    dice: random.Random
    every: float
    until: float = math.inf
    tell: Callable[[str], None]
    done: list[Kill] = field(default_factory=list)
    met: list[int] = field(default_factory=list)
    over: bool = False
    grown: asyncio.Condition = field(default_factory=asyncio.Condition)
    _spoken: asyncio.Event = field(default_factory=asyncio.Event)
    _starting: dict[Kill, asyncio.Task[None]] = field(default_factory=dict)

    async def start(self) -> None:
        self._start(Kill.RASA)
        self._start(Kill.BOT)
        await self.works()

    async def works(self, *who: Kill) -> None:
        """Waits until these (or all) work; raises what kept them from it."""
        for victim in who or (Kill.RASA, Kill.BOT):
            await asyncio.shield(self._starting[victim])

    def spoke(self) -> None:
        """A customer has written just now."""
        self._spoken.set()

    async def after(self, kills: int) -> bool:
        """Waits until so many kills are done. False: it never came to that, for time was up."""
        async with self.grown:
            await self.grown.wait_for(lambda: self.over or len(self.done) >= kills)
        return len(self.done) >= kills

    async def run(self, kinds: list[Kill], in_the_middle: Callable[[], int]) -> None:
        """Ends when everything works again after the last kill."""
        for kind in kinds:
            if time.monotonic() > self.until:
                break
            await self.works(*(kind.victims if self.dice.random() < HASTY else ()))
            await self._wait_for_the_moment(in_the_middle)
            met = in_the_middle()
            await self._kill(kind)
            async with self.grown:
                self.done.append(kind)
                self.met.append(met)
                self.grown.notify_all()
            self.tell(f"kill {len(self.done)} of {len(kinds)}: {kind}, {met} in the middle")
        async with self.grown:
            self.over = True
            self.grown.notify_all()
        await self.works()

    async def stop(self) -> None:
        for task in self._starting.values():
            task.cancel()
        await asyncio.gather(*self._starting.values(), return_exceptions=True)
        self.rasa.stop()

    async def _wait_for_the_moment(self, in_the_middle: Callable[[], int]) -> None:
        await asyncio.sleep(self.dice.uniform(0.3, 2 * self.every))
        with suppress(TimeoutError):
            async with asyncio.timeout(_THROUGH):
                while in_the_middle() > CROWD:
                    self._spoken.clear()
                    await self._spoken.wait()
        self._spoken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._spoken.wait()
        await asyncio.sleep(self.dice.uniform(0, TO_THE_POINT))

    async def _kill(self, kind: Kill) -> None:
        victims = list(kind.victims)
        await self.works(*victims)
        self.dice.shuffle(victims)
        for victim in victims:
            if victim is Kill.RASA:
                self.rasa.kill()
            else:
                await self.world.kill_bot()
        for victim in victims:
            self._start(victim, after=self.dice.uniform(0, 2))

    def _start(self, victim: Kill, *, after: float = 0.0) -> None:
        begin = self._start_rasa if victim is Kill.RASA else self._start_bot
        self._starting[victim] = asyncio.create_task(begin(after))

    async def _start_rasa(self, after: float) -> None:
        await asyncio.sleep(after)
        await asyncio.to_thread(self.rasa.start, _START_SECONDS)

    async def _start_bot(self, after: float) -> None:
        await asyncio.sleep(after)
        await self.world.start_bot(environment=self.secrets, ready=False)
        await self.world.wait_working("bot")
