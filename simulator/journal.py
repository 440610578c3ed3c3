"""Everything that happened between platform and bot, in a ring of bounded size."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

BODY_LIMIT = 4096
"""Characters of a body that are kept in an entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened; ``number`` grows by one from entry to entry."""

    number: int
    at: datetime
    kind: str
    shopper: str | None
    data: Mapping[str, object]

    def as_json(self) -> dict[str, object]:
        """The entry for the control API and the page."""
        head: dict[str, object] = {
            "number": self.number,
            "at": self.at.isoformat(timespec="milliseconds"),
            "kind": self.kind,
            "shopper": self.shopper,
        }
        return head | dict(self.data)


class Journal:
    """Appends entries, hands out those after a number, and lets readers wait for more."""

    def __init__(self, now: Callable[[], datetime], *, capacity: int = 20_000) -> None:
        self._now = now
        self._entries: deque[Entry] = deque(maxlen=capacity)
        self._waiters: list[asyncio.Future[None]] = []
        self._last = 0
        self.counts: Counter[str] = Counter()

    @property
    def last(self) -> int:
        """The number of the newest entry; 0 when there is none."""
        return self._last

    def append(self, kind: str, shopper: str | None = None, /, **data: object) -> Entry:
        """Record something and wake the readers."""
        self._last += 1
        entry = Entry(number=self._last, at=self._now(), kind=kind, shopper=shopper, data=data)
        self._entries.append(entry)
        self.counts[kind] += 1
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
        return entry

    def after(self, number: int, *, limit: int = 1000) -> list[Entry]:
        """Up to ``limit`` entries newer than ``number``, oldest first."""
        oldest = self._last - len(self._entries) + 1
        skip = max(0, number - oldest + 1)
        return list(islice(self._entries, skip, skip + limit))

    async def wait_beyond(self, number: int) -> None:
        """Return when there is an entry newer than ``number``."""
        while self._last <= number:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter

    def clear(self) -> None:
        """Forget the entries; numbers go on growing, so readers notice nothing but a gap."""
        self._entries.clear()
        self.counts.clear()


def shorten(body: str) -> str:
    """A body cut to what an entry may hold."""
    if len(body) <= BODY_LIMIT:
        return body
    return body[:BODY_LIMIT] + f"… ({len(body)} characters)"
