"""How often each API may be called in a day, and the monthly right to clear the counters (docs: clear_quota)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from simulator.errcodes import ApiError

DAY = 86_400
_CLEARS_PER_MONTH = 10
_MONTH = 30 * DAY


@dataclass(slots=True)
class CallLimits:
    """Counts calls by path and day; a limit is set per path, and there is none unless it is set."""

    per_day: dict[str, int] = field(default_factory=dict)
    _day: int = 0
    _calls: Counter[str] = field(default_factory=Counter)
    _cleared: list[float] = field(default_factory=list)

    def count(self, path: str, now: float) -> None:
        """Count one call; raises ApiError 45009 when the day's calls are used up."""
        day = int(now // DAY)
        if day != self._day:
            self._day = day
            self._calls.clear()
        self._calls[path] += 1
        limit = self.per_day.get(path)
        if limit is not None and self._calls[path] > limit:
            raise ApiError(45009)

    def clear_by_api(self, now: float) -> None:
        """Set the counters to zero; raises ApiError 48006 at the eleventh time within a month."""
        self._cleared = [at for at in self._cleared if now - at < _MONTH]
        if len(self._cleared) >= _CLEARS_PER_MONTH:
            raise ApiError(48006)
        self._cleared.append(now)
        self._calls.clear()

    def clear(self) -> None:
        """Forget limits and counts."""
        self.per_day.clear()
        self._calls.clear()
        self._cleared.clear()
