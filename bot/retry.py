"""When to try again, and when to stop: pure, with the randomness as an argument."""

from __future__ import annotations

from collections.abc import Callable

BASE_SECONDS = 1.0
CAP_SECONDS = 300.0
MAX_TURN_ATTEMPTS = 8
MAX_SEND_ATTEMPTS = 8
MAX_ERRAND_ATTEMPTS = 40
"""Two hours of failures, more or less: 1, 2, 4 … 256 s, then every 300 s, each shortened by up to a half."""
MAX_LOST_CONNECTIONS = 1
"""How often a reply is sent again after its connection was lost with the outcome unknown.

A send that our own process died in is another matter: it is sent again each time. Both are recorded; see
``docs/decisions/0011-unknown-outcomes.md``.
"""

Jitter = Callable[[], float]
"""Returns a number in [0, 1)."""


def backoff_seconds(attempts: int, jitter: Jitter, *, retry_after: float | None = None) -> float:
    """Seconds until the next try after ``attempts`` failed ones: 1, 2, 4 … 300, each shortened by up to a half.

    A platform that names its own time is obeyed, with up to a tenth added so that not everybody returns at once.
    """
    if retry_after is not None:
        return retry_after * (1 + jitter() / 10)
    doublings = min(max(0, attempts - 1), 32)  # beyond the cap long before; a float ends at 2 ** 1023
    full = min(CAP_SECONDS, BASE_SECONDS * 2**doublings)
    return float(full * (1 - jitter() / 2))
