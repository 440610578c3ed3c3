"""How often each API may be called (WeCom 90454 访问频率限制): 10 000 a minute and 150 000 an hour."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from simulator.corp.errcodes import CorpError

MINUTE, HOUR = 60, 3600


@dataclass(slots=True)
class CorpLimits:
    """Counts calls by API in windows of a minute and an hour; a blocked API is free again in the next window."""

    per_minute: int = 10_000
    per_hour: int = 150_000
    own: dict[str, int] = field(default_factory=dict)
    """Calls a minute of a path that has a limit of its own."""
    _calls: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    _minute: int = 0

    def count(self, path: str, now: float) -> None:
        """Count one call; raises CorpError 45009 when the minute's or the hour's calls are used up."""
        self.take(path, self.own.get(path, self.per_minute), MINUTE, now)
        self.take(path, self.per_hour, HOUR, now)

    def take(self, key: str, limit: int, window: int, now: float) -> None:
        """Count one use of anything limited in windows of seconds; raises CorpError 45009 above the limit."""
        self._forget(now)
        place = (key, window, int(now // window))
        self._calls[place] += 1
        if self._calls[place] > limit:
            raise CorpError(45009)

    def _forget(self, now: float) -> None:
        minute = int(now // MINUTE)
        if minute != self._minute:
            self._minute = minute
            for place in [item for item in self._calls if item[2] != int(now // item[1])]:
                del self._calls[place]
