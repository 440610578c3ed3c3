"""The monthly statement to customers of high value: what was promised to them, and how much of it was kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations.address import ConversationId
from escalation.hours import BEIJING, ServiceHours
from escalation.levels import Levels, Served, levels_of
from escalation.routing import Tier
from escalation.service import Ending
from escalation.sla import LIMITS, Promise

SETTLED = frozenset({Ending.SOLVED, Ending.FOLLOWED_UP})
_FIRST_YEAR = 2000
_BY_THEIRS = frozenset({Tier.OWN, Tier.DEPUTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of the calendar in China. ``end``: its end, or now while it is not over."""

    year: int
    month: int
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """As in 2026-11."""
        return f"{self.year}-{self.month:02}"


def month_of(name: str, now: datetime) -> Month:
    """The one that ``name`` ("2026-11") says; this month for what is no month, or has not begun."""
    today = now.astimezone(BEIJING)
    this = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    try:
        start = datetime.strptime(name, "%Y-%m").replace(tzinfo=BEIJING)
    except ValueError:
        start = this
    start = this if start > this or start.year < _FIRST_YEAR else start
    after = (start + timedelta(days=32)).replace(day=1)
    return Month(year=start.year, month=start.month, start=start, end=min(after, now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Of one VIP 管家, or of all for ``own`` empty.

    ``settled``: share of the services that had to be over by now which were solved, or followed up, within 24 h of the
    customer's wish; ``unsettled``: the conversations of the others. ``by_theirs``: share of the services that anybody
    took which were taken by the customer's own agent or a deputy. None: there is nothing to count.
    """

    own: str
    levels: Levels
    settled: float | None
    unsettled: tuple[ConversationId, ...]
    by_theirs: float | None


def statements_of(served: Iterable[Served], hours: ServiceHours, now: datetime) -> list[Statement]:
    """All together first, then by agent, those with the most services first; customers without one are only in all."""
    vips = [each for each in served if each.vip]
    grouped: dict[str, list[Served]] = {}
    for each in vips:
        if each.own:
            grouped.setdefault(each.own, []).append(each)
    ranked = sorted(grouped.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [
        _statement("", vips, hours, now),
        *(_statement(own, theirs, hours, now) for own, theirs in ranked),
    ]


def _statement(own: str, served: list[Served], hours: ServiceHours, now: datetime) -> Statement:
    limit = LIMITS[Promise.CLOSURE].time
    stayed = [each for each in served if each.ending is not Ending.CALLED_OFF]
    due = [each for each in stayed if each.ended_at is not None or now - each.opened_at > limit]
    unsettled = tuple(each.conversation_id for each in due if not _settled(each, limit))
    taken = [each for each in served if each.tier is not None]
    theirs = sum(each.tier in _BY_THEIRS for each in taken)
    return Statement(
        own=own,
        levels=levels_of(served, hours, now),
        settled=(len(due) - len(unsettled)) / len(due) if due else None,
        unsettled=unsettled,
        by_theirs=theirs / len(taken) if taken else None,
    )


def _settled(each: Served, limit: timedelta) -> bool:
    return each.ending in SETTLED and each.ended_at is not None and each.ended_at - each.opened_at <= limit
