"""How many mass messages a customer or a group may receive: one for each day of the month (WeCom 92135)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
RULES = ("day", "week", "month")
"""The administrator's rule within the month: one a day, seven a week, or no other than the month's."""


def may_receive(received: Sequence[float], now: float, rule: str) -> bool:
    """Whether one more may arrive, by the times of those that did (epoch seconds)."""
    today = _date(now)
    month = [at for at in received if (_date(at).year, _date(at).month) == (today.year, today.month)]
    if len(month) >= monthrange(today.year, today.month)[1]:
        return False
    if rule == "day":
        return not any(_date(at).date() == today.date() for at in month)
    if rule == "week":
        week = today.isocalendar()[:2]
        return sum(1 for at in received if _date(at).isocalendar()[:2] == week) < 7
    return True


def _date(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(CHINA)
