"""When people are there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.hours import ALWAYS, BEIJING, LOOK_AHEAD_DAYS, ServiceHours, Shift

DAY_AND_NIGHT = ServiceHours(
    week={
        **{day: (Shift(time(9), time(12)), Shift(time(13), time(18))) for day in range(5)},
        5: (Shift(time(20), time(2)),),
    },
    days={date(2026, 10, 1): (), date(2026, 10, 10): (Shift(time(10), time(16)),)},
)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """In November 2026, whose first is a Sunday."""
    return datetime(2026, month, day, hour, minute, tzinfo=BEIJING)


def test_people_are_there_within_shifts() -> None:
    found = {
        "Monday before": at(2, 8, 59),
        "Monday at nine": at(2, 9),
        "at lunch": at(2, 12),
        "Monday at six": at(2, 18),
        "Saturday night": at(7, 23),
        "Sunday at one, still Saturday's": at(8, 1, 59),
        "Sunday at two": at(8, 2),
        "a holiday": at(1, 10, month=10),
        "a workday made up, a Saturday": at(10, 15, month=10),
        "its evening": at(10, 21, month=10),
    }
    assert {name for name, moment in found.items() if DAY_AND_NIGHT.open_at(moment)} == {
        "Monday at nine",
        "Saturday night",
        "Sunday at one, still Saturday's",
        "a workday made up, a Saturday",
    }
    assert ALWAYS.open_at(at(8, 3))


def test_the_next_opening() -> None:
    assert DAY_AND_NIGHT.next_opening(at(2, 10)) == at(2, 10), "now"
    assert DAY_AND_NIGHT.next_opening(at(2, 12, 30)) == at(2, 13)
    assert DAY_AND_NIGHT.next_opening(at(6, 18)) == at(7, 20)
    assert DAY_AND_NIGHT.next_opening(at(8, 2)) == at(9, 9)
    assert ServiceHours(week={}).next_opening(at(2, 10)) is None


def test_open_time_and_its_end() -> None:
    assert DAY_AND_NIGHT.open_time(at(2, 11), at(2, 14)) == timedelta(hours=2)
    assert DAY_AND_NIGHT.open_time(at(6, 17), at(9, 10)) == timedelta(hours=1 + 6 + 1)
    assert DAY_AND_NIGHT.open_time(at(2, 14), at(2, 11)) == timedelta()
    assert DAY_AND_NIGHT.after_open_time(at(2, 11), timedelta(hours=2)) == at(2, 14)
    assert DAY_AND_NIGHT.after_open_time(at(2, 8), timedelta()) == at(2, 8)
    assert ServiceHours(week={}).after_open_time(at(2, 8), timedelta(seconds=1)) is None


times = st.times().map(lambda each: each.replace(minute=each.minute // 15 * 15, second=0, microsecond=0))
shifts = st.lists(st.builds(Shift, times, times), max_size=3).map(tuple)
hours = st.builds(
    lambda week, days: ServiceHours(week=week, days=days),
    st.dictionaries(st.integers(0, 6), shifts),
    st.dictionaries(st.dates(date(2026, 11, 1), date(2026, 11, 5)), shifts, max_size=2),
)
quarters = st.integers(0, 6 * 96).map(lambda number: at(1, 0) + number * timedelta(minutes=15))


@settings(max_examples=60, deadline=None)
@given(hours, quarters, quarters)
def test_open_time_is_what_counting_quarters_gives(
    hours: ServiceHours, one: datetime, other: datetime
) -> None:
    start, end = sorted((one, other))
    quarter = timedelta(minutes=15)
    counted = sum(hours.open_at(start + number * quarter) for number in range(int((end - start) / quarter)))
    assert hours.open_time(start, end) == counted * quarter
    if counted:
        reached = hours.after_open_time(start, counted * quarter)
        assert reached is not None
        assert reached <= end
        assert hours.open_time(start, reached) == counted * quarter
    opening = hours.next_opening(start)
    assert opening is None or hours.open_at(opening)
    assert hours.open_time(start, opening or start + timedelta(days=LOOK_AHEAD_DAYS)) == timedelta()
