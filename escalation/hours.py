"""When the shop's people are there: shifts by weekday, and days that are different. Pure.

All shifts are Beijing time, which knows no summer time. A shift that ends at or before its start goes on past
midnight, and belongs to the day on which it starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
LOOK_AHEAD_DAYS = 60
"""Who is closed for longer than this has no next opening."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """``end`` is no longer part of it. The same as ``start``: the whole day round."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHours:
    """``week``: by weekday, Monday is 0. ``days``: holidays, which have no shifts, and workdays made up for them.

    Shifts of a day may meet or overlap; they count once.
    """

    week: Mapping[int, tuple[Shift, ...]]
    days: Mapping[date, tuple[Shift, ...]] = field(default_factory=dict)

    def open_at(self, moment: datetime) -> bool:
        """``moment``: aware, like all moments here."""
        return any(start <= moment < end for start, end in self._spans(moment, moment))

    def next_opening(self, after: datetime) -> datetime | None:
        """The first moment from ``after`` on at which somebody is there; None: not within LOOK_AHEAD_DAYS."""
        spans = self._spans(after, after + LOOK_AHEAD_DAYS * _DAY)
        return next((max(start, after) for start, end in spans if end > after), None)

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """How long people were there between the two; nothing when ``end`` is before ``start``."""
        total = timedelta()
        for opened, closed in self._spans(start, end):
            total += max(min(closed, end) - max(opened, start), timedelta())
        return total

    def after_open_time(self, start: datetime, wanted: timedelta) -> datetime | None:
        """When people will have been there for ``wanted`` since ``start``; None: not within LOOK_AHEAD_DAYS.

        With nothing wanted, that is ``start`` itself, whether anybody is there or not.
        """
        left = wanted
        if left <= timedelta():
            return start
        for opened, closed in self._spans(start, start + LOOK_AHEAD_DAYS * _DAY):
            begins = max(opened, start)
            there = closed - begins
            if there >= left:
                return begins + left
            left -= max(there, timedelta())
        return None

    def _spans(self, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When somebody is there, in order and apart from each other, of all that begins by ``last``."""
        open_since: datetime | None = None
        open_until: datetime | None = None
        for start, end in self._shifts(first, last):
            if open_since is None or open_until is None:
                open_since, open_until = start, end
            elif start <= open_until:
                open_until = max(open_until, end)
            else:
                yield open_since, open_until
                open_since, open_until = start, end
        if open_since is not None and open_until is not None:
            yield open_since, open_until

    def _shifts(self, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
        """By their start; from the day before, whose last shift may go on past midnight."""
        day, until = first.astimezone(BEIJING).date() - _DAY, last.astimezone(BEIJING).date()
        while day <= until:
            for shift in sorted(self.days.get(day, self.week.get(day.weekday(), ()))):
                start = datetime.combine(day, shift.start, BEIJING)
                end = datetime.combine(day, shift.end, BEIJING)
                yield start, end if end > start else end + _DAY
            day += _DAY


ALWAYS = ServiceHours(week={weekday: (Shift(time(0), time(0)),) for weekday in range(7)})
"""People are there at any hour: what holds where nothing is configured."""
