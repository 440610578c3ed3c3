"""How well customers were served by people: the ratios that shops are judged by, over the services of a period.

Waits count only while people are there (``desk.hours``), and what the bot says neither starts nor ends one. Pure, but
for one read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from escalation.hours import ServiceHours
from escalation.routing import Tier
from escalation.service import Ending
from escalation.sla import LIMITS, Limit, Promise, SlaClock, Standing
from escalation.survey import PASSIVE, net_promoter_score
from storage.people_schema import services
from storage.times import from_ms, to_ms

CONTENT = 5
"""The score of somebody who is content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One service, as far as its promises go. ``queued_at`` None: the customer has not joined the queue yet.

    ``own``: the login of the customer's VIP 管家, empty without; ``tier``: by which way somebody came to serve them.
    """

    conversation_id: ConversationId
    opened_at: datetime
    vip: bool
    own: str
    tier: Tier | None
    agent: str | None
    queued_at: datetime | None
    claimed_at: datetime | None
    replied_at: datetime | None
    ended_at: datetime | None
    ending: Ending | None
    asked: bool
    score: int | None
    recommends: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One promise over many services. ``broken``: the conversations in which it was, the longest wait first.

    ``of``: services in which it can be said by now; ``median_wait`` and ``slow_wait`` (95 of 100 waited no longer): of
    those in which it was kept in the end.
    """

    of: int
    broken: tuple[ConversationId, ...]
    median_wait: timedelta | None
    slow_wait: timedelta | None

    @property
    def share(self) -> float | None:
        return None if not self.of else (self.of - len(self.broken)) / self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """``content``: the share of scores that are the best; ``scored``: of those asked, who gave one; None of nothing.

    ``recommends``: the Net Promoter Score, -100 to 100, of ``recommending`` who answered; ``advise_against``: where
    they gave 6 of 10 or less.
    """

    services: int
    answer: Kept
    first_reply: Kept
    asked: int
    scores: int
    content: float | None
    discontent: tuple[ConversationId, ...]
    recommends: int | None
    recommending: int
    advise_against: tuple[ConversationId, ...]
    endings: Mapping[Ending, int]

    @property
    def scored(self) -> float | None:
        return None if not self.asked else self.scores / self.asked


def levels_of(served: Iterable[Served], hours: ServiceHours, now: datetime) -> Levels:
    """Customers who did without a person before anybody came are not counted as broken promises."""
    everybody = list(served)
    stayed = [
        each for each in everybody if each.ending is not Ending.CALLED_OFF or each.claimed_at is not None
    ]
    rated = [each for each in everybody if each.score is not None]
    content = [each for each in rated if each.score == CONTENT]
    likely = [(each.conversation_id, each.recommends) for each in everybody if each.recommends is not None]
    return Levels(
        services=len(everybody),
        answer=_kept(stayed, Promise.ANSWER, lambda each: each.claimed_at, hours, now),
        first_reply=_kept(stayed, Promise.FIRST_REPLY, lambda each: each.replied_at, hours, now),
        asked=sum(each.asked for each in everybody),
        scores=len(rated),
        content=len(content) / len(rated) if rated else None,
        discontent=tuple(each.conversation_id for each in rated if each.score == 1),
        recommends=net_promoter_score(score for _, score in likely),
        recommending=len(likely),
        advise_against=tuple(conversation for conversation, score in likely if score < PASSIVE),
        endings=Counter(each.ending for each in everybody if each.ending is not None),
    )


def by_agent(served: Iterable[Served], hours: ServiceHours, now: datetime) -> list[tuple[str, Levels]]:
    """Of those whom somebody served, the busiest agent first."""
    grouped: dict[str, list[Served]] = {}
    for each in served:
        if each.agent is not None:
            grouped.setdefault(each.agent, []).append(each)
    found = [(agent, levels_of(theirs, hours, now)) for agent, theirs in grouped.items()]
    return sorted(found, key=lambda pair: (-pair[1].services, pair[0]))


async def served_between(connection: AsyncConnection, start: datetime, end: datetime) -> list[Served]:
    """Services whose customers wanted a person in the period."""
    query = select(services).where(services.c.opened_ms >= to_ms(start), services.c.opened_ms < to_ms(end))
    return [_served(row) for row in await connection.execute(query.order_by(services.c.opened_ms))]


def _kept(
    served: Sequence[Served],
    promise: Promise,
    kept_at: Callable[[Served], datetime | None],
    hours: ServiceHours,
    now: datetime,
) -> Kept:
    limit: Limit = LIMITS[promise]
    waits: list[timedelta] = []
    broken: list[tuple[timedelta, ConversationId]] = []
    decided = 0
    for each in served:
        if each.queued_at is None:
            continue
        kept = kept_at(each)
        # Who left before anybody wrote waits no longer, and nobody kept the promise.
        clock = SlaClock(started=each.queued_at, limit=limit, kept_at=kept or each.ended_at)
        standing, waited = clock.standing(now, hours), clock.elapsed(now, hours)
        if standing is Standing.BROKEN:
            broken.append((waited, each.conversation_id))
            decided += 1
        elif kept is not None:
            decided += 1
        if kept is not None:
            waits.append(waited)
    waits.sort()
    broken.sort(key=lambda pair: -pair[0])
    return Kept(
        of=decided,
        broken=tuple(conversation for _, conversation in broken),
        median_wait=(waits[(len(waits) - 1) // 2] + waits[len(waits) // 2]) / 2 if waits else None,
        slow_wait=waits[max(0, -(-len(waits) * 95 // 100) - 1)] if waits else None,
    )


def _served(row: Any) -> Served:
    return Served(
        conversation_id=ConversationId(row.conversation_id),
        opened_at=from_ms(row.opened_ms),
        vip=bool(row.vip),
        own=row.own,
        tier=None if row.tier is None else Tier(row.tier),
        agent=row.agent,
        queued_at=_moment(row.queued_ms),
        claimed_at=_moment(row.claimed_ms),
        replied_at=_moment(row.replied_ms),
        ended_at=_moment(row.ended_ms),
        ending=None if row.ending is None else Ending(row.ending),
        asked=row.asked_ms is not None,
        score=row.score,
        recommends=row.recommends,
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
