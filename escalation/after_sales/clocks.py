"""What is promised in a case of after-sales until when, and when whom to warn. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from escalation.after_sales.case import PAUSED, AfterSalesCase
from escalation.hours import LOOK_AHEAD_DAYS, ServiceHours
from escalation.sla import LIMITS, Limit, Promise, SlaClock, Standing

PROMISES = (Promise.FIRST_ACTION, Promise.CLOSURE)


class Step(StrEnum):
    """Who hears of a promise that may be broken, in their order. Values are stored; never rename them."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    BROKEN = "broken"
    """Nobody is warned any more: it is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterSalesRules:
    """``shares``: of a limit, after which each step is due."""

    limits: Mapping[Promise, Limit] = field(default_factory=lambda: {each: LIMITS[each] for each in PROMISES})
    shares: Mapping[Step, float] = field(
        default_factory=lambda: {Step.AGENT: 0.8, Step.SUPERVISOR: 0.9, Step.BROKEN: 1.0}
    )


@dataclass(frozen=True, slots=True)
class Warned:
    promise: Promise
    step: Step

    @property
    def name(self) -> str:
        return f"{self.promise.value}:{self.step.value}"


def clock_of(case: AfterSalesCase, promise: Promise, rules: AfterSalesRules) -> SlaClock:
    """The first action comes before any pause; closing a case is also acting."""
    if promise is Promise.FIRST_ACTION:
        kept = case.acted_at or case.ended_at
        return SlaClock(started=case.opened_at, limit=rules.limits[promise], kept_at=kept)
    return SlaClock(
        started=case.opened_at, limit=rules.limits[promise], pauses=case.pauses, kept_at=case.ended_at
    )


def standings(
    case: AfterSalesCase, now: datetime, hours: ServiceHours, rules: AfterSalesRules
) -> dict[Promise, Standing]:
    return {each: clock_of(case, each, rules).standing(now, hours) for each in PROMISES}


def promised_until(
    case: AfterSalesCase, promise: Promise, hours: ServiceHours, rules: AfterSalesRules
) -> datetime | None:
    """The moment that was promised, kept or not; None: the customer is to act, or nobody is there for weeks."""
    limit = rules.limits[promise]
    if promise is Promise.FIRST_ACTION:
        return (
            case.opened_at + limit.time
            if limit.round_the_clock
            else hours.after_open_time(case.opened_at, limit.time)
        )
    if case.state in PAUSED:
        return None
    waited = sum((pause.end - pause.start for pause in case.pauses if pause.end), timedelta())
    return case.opened_at + limit.time + waited


def deadline(case: AfterSalesCase, hours: ServiceHours, rules: AfterSalesRules) -> datetime | None:
    """The next moment that was promised and is not kept yet; None: none runs."""
    if not case.is_open:
        return None
    running = [each for each in PROMISES if clock_of(case, each, rules).kept_at is None]
    until = [promised_until(case, each, hours, rules) for each in running]
    return min((each for each in until if each is not None), default=None)


def warnings(
    case: AfterSalesCase, now: datetime, hours: ServiceHours, rules: AfterSalesRules
) -> list[Warned]:
    """What is due by now and was not said before, in order. Nobody is warned while the customer is to act."""
    found = []
    for promise in PROMISES:
        clock = clock_of(case, promise, rules)
        if clock.kept_at is not None or clock.is_paused or not case.is_open:
            continue
        spent = clock.elapsed(now, hours)
        for step in Step:
            warned = Warned(promise, step)
            late = spent > clock.limit.time if step is Step.BROKEN else True
            if warned.name not in case.said and late and spent >= clock.limit.time * rules.shares[step]:
                found.append(warned)
    return found


def look_at(
    case: AfterSalesCase, now: datetime, hours: ServiceHours, rules: AfterSalesRules
) -> datetime | None:
    """When the next warning will be due if nothing changes; None: none will."""
    if not case.is_open:
        return None
    looks = []
    for promise in PROMISES:
        clock = clock_of(case, promise, rules)
        if clock.kept_at is not None or clock.is_paused:
            continue
        for step in Step:
            if Warned(promise, step).name not in case.said:
                due = clock.due(now, hours, share=rules.shares[step])
                looks.append(due or now + timedelta(days=LOOK_AHEAD_DAYS / 2))
                break
    return min(looks, default=None)
