"""The clock of the shop: real time, or real time plus an offset that tests and the demo can move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Business time: quota windows, freshness of callbacks, dates in texts. Leases and retries use real time."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class OffsetClock:
    """Real time plus the seconds written in ``path`` (one float; a missing or empty file means 0).

    The file is read at each call: it is tiny, and it is how another program moves our clock. Demo and tests only.
    """

    path: Path

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._offset())

    def _offset(self) -> float:
        try:
            return float(self.path.read_text() or 0)
        except FileNotFoundError:
            return 0.0


@dataclass(slots=True)
class ManualClock:
    """A clock that stands still until it is moved; for tests."""

    time: datetime

    def now(self) -> datetime:
        return self.time

    def advance(self, **delta: float) -> None:
        """Takes the arguments of ``timedelta``."""
        self.time += timedelta(**delta)
