"""May it be done now, and if not, when? One pure function over every row of the table of limits."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import assert_never

from channels.limits.rows import CallLimit, Limit, MonthlyLimit, SizeLimit, WindowLimit
from conversations.inbound import Trigger

CLOCK_SKEW = timedelta(minutes=5)
"""How far the platform's clock may run ahead of ours before a window counts as not open yet."""
CHINA = timezone(timedelta(hours=8), "UTC+8")
"""The platforms' calendar."""
PLENTY = 1_000
"""What ``left_for_kind`` says where nothing is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Something that a limit counts, ``amount`` of it, at an aware time."""

    at: datetime
    amount: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Go ahead. A reply is charged to the window of ``trigger``; None: nothing is charged.

    ``left_for_kind`` is how much of this kind may still be done, this one included.
    """

    trigger: Trigger | None = None
    left_for_kind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Not now; ask again at ``until`` (aware)."""

    until: datetime


class ClosedReason(StrEnum):
    NO_WINDOW = "no_window"
    USED_UP = "used_up"
    RESERVED = "reserved"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """No waiting helps: the person has to act again, or the thing has to be made smaller.

    RESERVED: what is left is kept for notices or people.
    """

    reason: ClosedReason


def may(
    limit: Limit,
    uses: Sequence[Use],
    now: datetime,
    *,
    began: datetime | None = None,
    amount: int = 1,
    accounts: int = 1,
) -> Allowed | Wait | Closed:
    """Whether ``amount`` more may be used of ``limit`` at ``now``, after ``uses``.

    ``began``: when a window was opened or a code was granted; None: never. A size has no uses: its ``amount`` is
    the size itself. ``accounts`` is the corp's number of accounts, for limits that grow with it.
    """
    match limit:
        case WindowLimit():
            return _in_window(limit, uses, now, began, amount)
        case CallLimit():
            count = limit.count * (accounts if limit.per_account else 1)
            return _in_stretch(count, limit.per, uses, now, amount)
        case MonthlyLimit():
            return _in_month(limit, uses, now, amount)
        case SizeLimit():
            if amount > limit.most:
                return Closed(reason=ClosedReason.TOO_LARGE)
            if amount < limit.least:
                return Closed(reason=ClosedReason.TOO_SMALL)
            return Allowed(left_for_kind=limit.most)
        case _:
            assert_never(limit)


def may_call(limit: CallLimit, calls: Sequence[datetime], now: datetime) -> Wait | None:
    """None when one more call of ``limit.api`` may be made at ``now``, after ``calls`` (their times)."""
    decision = may(limit, [Use(at=call) for call in calls], now)
    return decision if isinstance(decision, Wait) else None


def _in_window(
    limit: WindowLimit, uses: Sequence[Use], now: datetime, began: datetime | None, amount: int
) -> Allowed | Wait | Closed:
    if began is None or began + limit.lasts <= now:
        return Closed(reason=ClosedReason.NO_WINDOW)
    if began > now + CLOCK_SKEW:
        return Wait(until=began)
    if limit.count is None:
        return Allowed(left_for_kind=PLENTY)
    left = limit.count - sum(use.amount for use in uses)
    return Allowed(left_for_kind=left) if left >= amount else Closed(reason=ClosedReason.USED_UP)


def _in_stretch(
    count: int, per: timedelta, uses: Sequence[Use], now: datetime, amount: int
) -> Allowed | Wait | Closed:
    if amount > count:
        return Closed(reason=ClosedReason.TOO_LARGE)
    recent = sorted((use for use in uses if use.at > now - per), key=lambda use: use.at)
    left = count - sum(use.amount for use in recent)
    if left >= amount:
        return Allowed(left_for_kind=left)
    until = now
    for use in recent:  # the oldest first, until enough of them no longer count
        left += use.amount
        until = use.at + per
        if left >= amount:
            break
    return Wait(until=until)


def _in_month(
    limit: MonthlyLimit, uses: Sequence[Use], now: datetime, amount: int
) -> Allowed | Wait | Closed:
    here = now.astimezone(CHINA)
    first = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    days = calendar.monthrange(here.year, here.month)[1]
    count = days if limit.count is None else limit.count
    if amount > count:
        return Closed(reason=ClosedReason.TOO_LARGE)
    left = count - sum(use.amount for use in uses if use.at >= first)
    return Allowed(left_for_kind=left) if left >= amount else Wait(until=first + timedelta(days=days))
