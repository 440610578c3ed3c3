"""The loop of everything that works: claim what is due, handle it side by side, wait for more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.wakeups import Wakeups, Work

log = structlog.get_logger()

Item = TypeVar("Item")

POLL_SECONDS = 0.5
"""Wake-ups make it fast; looking by oneself this often makes it certain."""


class Rounds(Generic[Item]):
    """Up to ``at_once`` items are handled at the same time.

    ``claim`` takes at most so many items and says whether it is worth looking again at once. A database that is
    away is looked for again.
    """

    def __init__(
        self,
        work: Work,
        wakeups: Wakeups,
        *,
        claim: Callable[[int], Awaitable[tuple[Sequence[Item], bool]]],
        handle: Callable[[Item], Awaitable[None]],
        at_once: int,
    ) -> None:
        self._work = work
        self._wakeups = wakeups
        self._claim = claim
        self._handle = handle
        self._at_once = at_once
        self._in_flight: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Runs until cancelled; then lets what is under way finish."""
        try:
            while True:
                if not await self._round():
                    await self._wakeups.wait(self._work, POLL_SECONDS)
        finally:
            await asyncio.shield(asyncio.gather(*self._in_flight, return_exceptions=True))

    async def _round(self) -> bool:
        room = self._at_once - len(self._in_flight)
        if room <= 0:
            await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
            return True
        try:
            items, again = await self._claim(room)
        except SQLAlchemyError as error:
            log.warning("claim_failed", work=self._work, error=type(error).__name__)
            return False
        for item in items:
            task = asyncio.create_task(self._run_one(item))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
        return again

    async def _run_one(self, item: Item) -> None:
        try:
            await self._handle(item)
        except Exception as error:
            # A defect; the item's lease ends by itself, and it is claimed again.
            log.exception("work_failed", work=self._work, error=type(error).__name__)
