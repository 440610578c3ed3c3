"""Clocks of promises."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.hours import ALWAYS, BEIJING, ServiceHours, Shift
from escalation.sla import LIMITS, Limit, Pause, Promise, SlaClock, Standing

DAYTIME = ServiceHours(week={day: (Shift(time(9), time(18)),) for day in range(7)})
START = datetime(2026, 11, 2, 17, 50, tzinfo=BEIJING)
TWENTY = LIMITS[Promise.FIRST_ACTION]


def after(**time_passed: float) -> datetime:
    return START + timedelta(**time_passed)


def test_a_clock_stops_when_nobody_is_there() -> None:
    clock = SlaClock(started=START, limit=TWENTY)
    assert clock.elapsed(after(hours=3), DAYTIME) == timedelta(minutes=10)
    assert clock.due(START, DAYTIME) == datetime(2026, 11, 3, 9, 10, tzinfo=BEIJING)
    assert clock.due(START, DAYTIME, share=0.5) == datetime(2026, 11, 2, 18, 0, tzinfo=BEIJING)
    closure = SlaClock(started=START, limit=LIMITS[Promise.CLOSURE])
    assert closure.due(START, DAYTIME) == after(hours=24), "nights count"


def test_a_clock_stops_while_the_customer_is_to_act() -> None:
    waiting = SlaClock(started=START, limit=TWENTY, pauses=(Pause(after(minutes=2)),))
    assert waiting.elapsed(after(minutes=60), ALWAYS) == timedelta(minutes=2)
    assert waiting.due(after(minutes=60), ALWAYS) is None
    answered = SlaClock(started=START, limit=TWENTY, pauses=(Pause(after(minutes=2), after(minutes=32)),))
    assert answered.due(after(minutes=32), ALWAYS) == after(minutes=50)


def test_how_a_promise_stands() -> None:
    pause = (Pause(after(minutes=5)),)
    clocks = {
        "new": (SlaClock(started=START, limit=TWENTY), 1),
        "little time": (SlaClock(started=START, limit=TWENTY), 16),
        "exactly": (SlaClock(started=START, limit=TWENTY), 20),
        "too late": (SlaClock(started=START, limit=TWENTY), 20.1),
        "paused": (SlaClock(started=START, limit=TWENTY, pauses=pause), 90),
        "kept": (SlaClock(started=START, limit=TWENTY, kept_at=after(minutes=19)), 90),
        "kept too late": (SlaClock(started=START, limit=TWENTY, kept_at=after(minutes=21)), 90),
    }
    found = {name: clock.standing(after(minutes=at), ALWAYS) for name, (clock, at) in clocks.items()}
    assert found == {
        "new": Standing.RUNNING,
        "little time": Standing.WARNED,
        "exactly": Standing.WARNED,
        "too late": Standing.BROKEN,
        "paused": Standing.PAUSED,
        "kept": Standing.KEPT,
        "kept too late": Standing.BROKEN,
    }


minutes = st.integers(0, 3 * 1440)


@settings(max_examples=60, deadline=None)
@given(st.lists(minutes, max_size=6), minutes, st.booleans(), st.booleans())
def test_time_passes_by_the_minutes_that_count(
    edges: list[int], now: int, round_the_clock: bool, still_paused: bool
) -> None:
    edges = sorted(edges)[: len(edges) // 2 * 2]
    pauses = [Pause(after(minutes=a), after(minutes=b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if pauses and still_paused:
        pauses[-1] = Pause(pauses[-1].start)
    limit = Limit(time=timedelta(hours=5), round_the_clock=round_the_clock)
    clock = SlaClock(started=START, limit=limit, pauses=pauses)

    def counts(minute: int) -> bool:
        moment = after(minutes=minute)
        paused = any(pause.start <= moment and (pause.end is None or moment < pause.end) for pause in pauses)
        return not paused and (round_the_clock or DAYTIME.open_at(moment))

    elapsed = timedelta(minutes=sum(counts(minute) for minute in range(now)))
    assert clock.elapsed(after(minutes=now), DAYTIME) == elapsed
    end = edges[-1] if edges else 0
    due = clock.due(after(minutes=now), DAYTIME)
    if due is not None and now >= end and elapsed < limit.time:
        assert clock.elapsed(due, DAYTIME) == limit.time
