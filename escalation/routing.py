"""Who takes on whom: the queue and the people who are there make assignments. Pure.

Three tiers. An ordinary customer goes to the pool. A customer of high value goes to their own named person, else to
that one's deputies, else to the VIP group, and after a while to the pool. Nobody is given more than they have room
for, and whoever waits longest comes first within their rank; a customer whom nobody suitable has room for holds up
nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Tier(StrEnum):
    """By what a customer got a person. Values are stored."""

    OWN = "own"
    """VIP 管家: their own named person."""
    DEPUTY = "deputy"
    VIP_GROUP = "vip_group"
    POOL = "pool"
    """人工专席"""
    HANDED_ON = "handed_on"
    """By a colleague."""
    CHOSEN = "chosen"
    """An agent took the customer out of the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody who serves customers. ``receiving``: on shift, and not paused by themselves.

    ``room``: weights of conversations that they can have at once; ``load``: of those that they have. ``idle_since``:
    when they last took somebody on, or came.
    """

    login: str
    receiving: bool
    room: int
    idle_since: datetime
    load: int = 0
    skills: frozenset[str] = frozenset()
    vip: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A customer in the queue. ``rank``: the lower, the sooner; equal ranks by ``since``.

    ``own`` and ``deputies``: logins of the people of a customer of high value. ``last``: who served them last, in the
    same shift. ``skills``: what is wanted of whoever serves them.
    """

    key: str
    since: datetime
    rank: int = 0
    weight: int = 1
    skills: frozenset[str] = frozenset()
    vip: bool = False
    own: str = ""
    deputies: tuple[str, ...] = ()
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRules:
    """``skills_after``: who has waited for so long is served by somebody with some of the skills, and after twice that
    by anybody. ``pool_after``: who is of high value and has waited for so long goes to the pool as well.
    """

    skills_after: timedelta = timedelta(seconds=60)
    pool_after: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    key: str
    login: str
    tier: Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a customer can be told. ``position``: 1 comes next. ``wait``: None while nobody receives."""

    position: int
    wait: timedelta | None


def in_order(queue: Iterable[Waiting]) -> list[Waiting]:
    return sorted(queue, key=lambda each: (each.rank, each.since, each.key))


def assign(
    queue: Iterable[Waiting], agents: Iterable[Agent], now: datetime, rules: RoutingRules
) -> list[Assignment]:
    """Everybody who can be given somebody now, in the order of the queue."""
    there = {agent.login: agent for agent in agents}
    made = []
    for waiting in in_order(queue):
        found = choose(waiting, there, now, rules)
        if found is None:
            continue
        made.append(found)
        agent = there[found.login]
        there[found.login] = replace(agent, load=agent.load + waiting.weight, idle_since=now)
    return made


def choose(
    waiting: Waiting, agents: Mapping[str, Agent], now: datetime, rules: RoutingRules
) -> Assignment | None:
    """Who takes this customer on; None: nobody suitable has room."""
    free = [
        agent for agent in agents.values() if agent.receiving and agent.load + waiting.weight <= agent.room
    ]
    by_login = {agent.login: agent for agent in free}
    waited = now - waiting.since
    for tier, logins in ((Tier.OWN, (waiting.own,)), (Tier.DEPUTY, waiting.deputies)):
        for login in logins:
            if login in by_login:
                return Assignment(key=waiting.key, login=login, tier=tier)
    if waiting.vip:
        group = _suitable([agent for agent in free if agent.vip], waiting, waited, rules)
        if group:
            return Assignment(key=waiting.key, login=_least_loaded(group, waiting).login, tier=Tier.VIP_GROUP)
        if waited < rules.pool_after:
            return None
    pool = _suitable(free, waiting, waited, rules)
    if not pool:
        return None
    return Assignment(key=waiting.key, login=_least_loaded(pool, waiting).login, tier=Tier.POOL)


def expectation(
    key: str, queue: Iterable[Waiting], agents: Iterable[Agent], mean_service: timedelta
) -> Expectation:
    """Raises LookupError for somebody who does not wait. ``mean_service``: of a conversation of weight 1."""
    ordered = in_order(queue)
    place = next((number for number, each in enumerate(ordered) if each.key == key), None)
    if place is None:
        raise LookupError(f"{key} does not wait")
    receiving = [agent for agent in agents if agent.receiving]
    room = sum(agent.room for agent in receiving)
    if not room:
        return Expectation(position=place + 1, wait=None)
    before = sum(each.weight for each in ordered[: place + 1])
    free = sum(max(agent.room - agent.load, 0) for agent in receiving)
    return Expectation(position=place + 1, wait=mean_service * max(before - free, 0) / room)


def _suitable(free: Sequence[Agent], waiting: Waiting, waited: timedelta, rules: RoutingRules) -> list[Agent]:
    """With all the skills; later with some of them; later still anybody."""
    skilled = [agent for agent in free if waiting.skills <= agent.skills]
    if skilled or waited < rules.skills_after:
        return skilled
    some = [agent for agent in free if waiting.skills & agent.skills]
    if some or waited < 2 * rules.skills_after:
        return some
    return list(free)


def _least_loaded(candidates: Sequence[Agent], waiting: Waiting) -> Agent:
    """Who served the customer last; else who has the most room left in proportion, and took nobody on for longest."""
    return min(
        candidates,
        key=lambda agent: (
            agent.login != waiting.last,
            agent.load / agent.room,
            agent.idle_since,
            agent.login,
        ),
    )
