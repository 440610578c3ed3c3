"""Whether it is worth asking somebody who did not answer: a circuit breaker. Pure, with the time as argument."""

from __future__ import annotations

from dataclasses import dataclass, replace

FAILURES = 3
"""So many failures in a row open it."""

REST_SECONDS = 5.0
"""For how long nobody is asked; then one message tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """``failures`` in a row; nobody asks before ``closed_until``, in seconds of a clock that only runs on."""

    failures: int = 0
    closed_until: float = 0.0

    def lets_through(self, now: float) -> bool:
        return now >= self.closed_until

    def succeeded(self) -> Breaker:
        return Breaker()

    def failed(self, now: float) -> Breaker:
        failures = self.failures + 1
        rest = now + REST_SECONDS if failures >= FAILURES else self.closed_until
        return replace(self, failures=failures, closed_until=rest)
