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
    """One row of times per key; a key may do what every allowance permits."""

    allowances: tuple[Allowed, ...]
    _times: dict[str, deque[float]] = field(default_factory=dict)

    def take(self, key: str, now: float) -> bool:
        """Count one more for the key; False, and not counted, when an allowance is used up."""
        times = self._times.setdefault(key, deque())
        longest = max(allowed.seconds for allowed in self.allowances)
        while times and now - times[0] >= longest:
            times.popleft()
        for allowed in self.allowances:
            if sum(1 for at in times if now - at < allowed.seconds) >= allowed.times:
                return False
        times.append(now)
        return True

    def clear(self) -> None:
        """Forget every key."""
        self._times.clear()
