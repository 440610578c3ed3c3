"""Figures of all customers, kept for a while: so many times longer than it took to find them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

TIMES_LONGER = 20
"""Finding takes at most a twentieth of the time, whoever asks how often."""


class Kept(Generic[T]):
    """``clock``: seconds that only grow."""

    def __init__(
        self, find: Callable[[], Awaitable[T]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._find = find
        self._clock = clock
        self._finding = asyncio.Lock()
        self._found: tuple[T, float] | None = None

    async def get(self) -> T:
        async with self._finding:
            if self._found is None or self._clock() >= self._found[1]:
                begun = self._clock()
                found = await self._find()
                ended = self._clock()
                self._found = found, ended + TIMES_LONGER * (ended - begun)
            return self._found[0]

    def forget(self) -> None:
        """After something was changed that it is made of."""
        self._found = None
