"""Counts what happens within sliding spans of time, per key."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MINUTE = 60.0
HOUR = 3600.0
DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """So many in so many seconds."""

    times: int
    seconds: float


@dataclass(slots=True, kw_only=True)
class Windows:
    """Rows of times per key, one for each allowance; a key may do what every allowance permits."""

    allowances: tuple[Allowed, ...]
    _times: dict[str, list[deque[float]]] = field(default_factory=dict)

    def take(self, key: str, now: float) -> bool:
        """Count one more for the key; False, and not counted, when an allowance is used up."""
        rows = self._times.setdefault(key, [deque() for _ in self.allowances])
        for allowed, times in zip(self.allowances, rows, strict=True):
            while times and now - times[0] >= allowed.seconds:
                times.popleft()
        if any(len(times) >= allowed.times for allowed, times in zip(self.allowances, rows, strict=True)):
            return False
        for times in rows:
            times.append(now)
        return True
