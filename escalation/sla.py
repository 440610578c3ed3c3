"""Promises and how they stand: clocks that stop while the customer is to act, and while nobody is there. Pure.

A clock runs from a moment on against a limit of time in which people are there. What the bot says neither starts nor
ends one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from escalation.hours import ServiceHours


class Promise(StrEnum):
    """Values are stored; never rename them."""

    ANSWER = "answer"
    """Somebody has taken the customer on: within 30 s."""
    FIRST_REPLY = "first_reply"
    """The first words of a person: within 3 minutes."""
    FIRST_ACTION = "first_action"
    """The first step in a case of after-sales: within 20 minutes."""
    CLOSURE = "closure"
    """A case of after-sales is closed: within 24 hours, at night as well."""


class Standing(StrEnum):
    """In the order in which it gets worse."""

    RUNNING = "running"
    PAUSED = "paused"
    WARNED = "warned"
    """Little time is left."""
    BROKEN = "broken"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """``time``: in which the promise is kept. ``warn_share``: of it, after which people are warned.

    ``round_the_clock``: hours in which nobody is there count as well, as in "within 24 hours".
    """

    time: timedelta
    warn_share: float = 0.8
    round_the_clock: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """The customer is to act: from a moment on, until another; None: still."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaClock:
    """``pauses``: in order, apart; only the last may be open. ``kept_at``: when the promise was kept."""

    started: datetime
    limit: Limit
    pauses: Sequence[Pause] = ()
    kept_at: datetime | None = None

    def elapsed(self, now: datetime, hours: ServiceHours) -> timedelta:
        """Time that counts, until ``now`` or until the promise was kept."""
        end = now if self.kept_at is None else min(now, self.kept_at)
        return sum((self._counted(start, stop, hours) for start, stop in self._running(end)), timedelta())

    def standing(self, now: datetime, hours: ServiceHours) -> Standing:
        elapsed = self.elapsed(now, hours)
        if elapsed > self.limit.time:
            return Standing.BROKEN
        if self.kept_at is not None:
            return Standing.KEPT
        if elapsed >= self.limit.time * self.limit.warn_share:
            return Standing.WARNED
        return Standing.PAUSED if self.is_paused else Standing.RUNNING

    def due(self, now: datetime, hours: ServiceHours, *, share: float = 1.0) -> datetime | None:
        """When the limit, or a share of it, will have passed if nothing changes; ``now`` when it has already.

        None: the promise was kept, the customer is to act, or nobody is there for weeks.
        """
        if self.kept_at is not None or self.is_paused:
            return None
        left = self.limit.time * share - self.elapsed(now, hours)
        if left <= timedelta():
            return now
        return now + left if self.limit.round_the_clock else hours.after_open_time(now, left)

    @property
    def is_paused(self) -> bool:
        """The customer is to act."""
        return bool(self.pauses) and self.pauses[-1].end is None

    def _running(self, end: datetime) -> list[tuple[datetime, datetime]]:
        """Between pauses, from the start until ``end``."""
        edges = [self.started]
        for pause in self.pauses:
            edges += [pause.start, pause.end or end]
        edges.append(end)
        inside = [min(max(edge, self.started), max(end, self.started)) for edge in edges]
        return list(pairwise(inside))[::2]

    def _counted(self, start: datetime, stop: datetime, hours: ServiceHours) -> timedelta:
        if self.limit.round_the_clock:
            return max(stop - start, timedelta())
        return hours.open_time(start, stop)


LIMITS = {
    Promise.ANSWER: Limit(time=timedelta(seconds=30)),
    Promise.FIRST_REPLY: Limit(time=timedelta(minutes=3)),
    Promise.FIRST_ACTION: Limit(time=timedelta(minutes=20)),
    Promise.CLOSURE: Limit(time=timedelta(hours=24), round_the_clock=True),
}
"""The ratios that shops are judged by."""
