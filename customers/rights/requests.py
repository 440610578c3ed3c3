"""Customers who want their data deleted, for the people who do it: cases, and until when each has to be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.outcomes import HandOverReason
from storage.schema import cases
from storage.times import from_ms

WORKING_DAYS = 15
"""What customers are told, and the longest allowed (App违法违规收集使用个人信息行为认定方法, article 6)."""

_BEIJING = timezone(timedelta(hours=8))
_CLOSED = "closed"
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``last_day``: by which it has to be done. ``taken_by``: the colleague who looks after it."""

    case_key: str
    asked_at: datetime
    last_day: date
    taken_by: str | None


def last_day(asked: date) -> date:
    """Counts from Monday to Friday: no calendar of public holidays is kept here, and of weekends made up for them."""
    day, left = asked, WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day


async def open_requests(connection: AsyncConnection) -> list[Request]:
    """Those that nobody has closed, nor erased: the longest waiting first."""
    columns = cases.c
    wanted = select(cases).where(columns.reason == HandOverReason.PRIVACY.value, columns.state != _CLOSED)
    return [
        Request(
            case_key=row.key,
            asked_at=from_ms(row.opened_ms),
            last_day=last_day(from_ms(row.opened_ms).astimezone(_BEIJING).date()),
            taken_by=row.taken_by,
        )
        for row in await connection.execute(wanted.order_by(columns.opened_ms, columns.key))
    ]
