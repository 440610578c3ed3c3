"""How long to wait after failures in a row. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MINUTE_MS = 60_000
FORGOTTEN_AFTER_MS = 24 * 60 * MINUTE_MS
_FIRST_WAIT_MS = 30_000
_LONGEST_WAIT_MS = 15 * MINUTE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """The failures in a row of one subject; ``last_ms`` and ``locked_until_ms``: ms since 1970."""

    failures: int = 0
    last_ms: int = 0
    locked_until_ms: int = 0


FREE_FOR_LOGIN = 4
FREE_FOR_ADDRESS = 20
"""Failures that cost no wait: a person mistypes; behind one address sits a whole office."""


def wait_of(attempts: Attempts, now_ms: int) -> int:
    """Milliseconds until the next attempt is heard; 0 means now."""
    return max(0, attempts.locked_until_ms - now_ms)


def after_failure(attempts: Attempts, now_ms: int, *, free: int) -> Attempts:
    """One failure more. Beyond ``free`` each doubles the wait, from 30 s up to 15 minutes; a day forgets all."""
    before = attempts.failures if now_ms - attempts.last_ms < FORGOTTEN_AFTER_MS else 0
    failures = before + 1
    beyond = failures - free
    wait = 0 if beyond <= 0 else min(_LONGEST_WAIT_MS, _FIRST_WAIT_MS * 2 ** min(beyond - 1, 10))
    return Attempts(failures=failures, last_ms=now_ms, locked_until_ms=now_ms + wait if wait else 0)


def given_back(attempts: Attempts, *, free: int) -> Attempts:
    """One that began as a failure was none. Others' failures count on, and so does the wait while they are too many."""
    failures = max(0, attempts.failures - 1)
    locked_until_ms = attempts.locked_until_ms if failures > free else 0
    return Attempts(failures=failures, last_ms=attempts.last_ms, locked_until_ms=locked_until_ms)
