"""May it be done now, and if not, when: windows, stretches, months, sizes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.limits import (
    Allowed,
    CallLimit,
    Closed,
    ClosedReason,
    MonthlyLimit,
    Scope,
    Use,
    Wait,
    WindowLimit,
    may,
    may_call,
)
from channels.limits.rows import SizeLimit

NOW = datetime(2026, 2, 10, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CODE = WindowLimit(count=1, lasts=timedelta(seconds=20), source="here")
LIFE = WindowLimit(count=None, lasts=timedelta(days=3), source="here")
CALLS = CallLimit(api="x", count=3, per=MINUTE, source="here")
MONTH = MonthlyLimit(name="m", api="x", count=None, source="here", scope=Scope.RECEIVER)
SIZE = SizeLimit(name="s", api="x", field="f", most=10, least=2, source="here")
USED_UP, NO_WINDOW = Closed(reason=ClosedReason.USED_UP), Closed(reason=ClosedReason.NO_WINDOW)


def ago(seconds: float, amount: int = 1) -> Use:
    return Use(at=NOW - timedelta(seconds=seconds), amount=amount)


@pytest.mark.parametrize(
    ("age", "uses", "expected"),
    [
        (0, [], Allowed(left_for_kind=1)),
        (19.9, [], Allowed(left_for_kind=1)),
        (20, [], NO_WINDOW),
        (5, [ago(1)], USED_UP),
    ],
)
def test_a_code_is_good_once_while_it_lives(age: float, uses: list[Use], expected: object) -> None:
    assert may(CODE, uses, NOW, began=NOW - timedelta(seconds=age)) == expected


def test_a_code_that_was_never_granted_opens_nothing() -> None:
    assert may(CODE, [], NOW) == NO_WINDOW


def test_what_is_not_counted_may_be_used_again_and_again_while_it_lives() -> None:
    uses = [ago(1, 10_000)]
    assert isinstance(may(LIFE, uses, NOW, began=NOW - timedelta(days=2)), Allowed)
    assert may(LIFE, uses, NOW, began=NOW - timedelta(days=3)) == NO_WINDOW


def test_calls_wait_for_as_many_as_they_need_to_leave_the_stretch() -> None:
    uses = [ago(50), ago(40), ago(10)]
    assert may(CALLS, uses, NOW) == Wait(until=NOW + timedelta(seconds=10))
    assert may(CALLS, uses, NOW, amount=2) == Wait(until=NOW + timedelta(seconds=20))
    assert may(CALLS, [ago(60), ago(40), ago(10)], NOW) == Allowed(left_for_kind=1)
    assert may(CALLS, [], NOW, amount=4) == Closed(reason=ClosedReason.TOO_LARGE)


def test_a_limit_per_account_grows_with_the_accounts() -> None:
    limit = CallLimit(api="x", count=200, per_account=True, per=timedelta(days=1), source="here")
    assert may(limit, [ago(60, 399)], NOW, accounts=2) == Allowed(left_for_kind=1)
    assert isinstance(may(limit, [ago(60, 399)], NOW, accounts=1), Wait)


@pytest.mark.parametrize(
    ("now", "days", "next_month"),
    [
        (datetime(2026, 2, 10, tzinfo=UTC), 28, datetime(2026, 2, 28, 16, tzinfo=UTC)),
        (datetime(2028, 2, 10, tzinfo=UTC), 29, datetime(2028, 2, 29, 16, tzinfo=UTC)),
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), 31, datetime(2026, 12, 31, 16, tzinfo=UTC)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), 31, datetime(2027, 1, 31, 16, tzinfo=UTC)),
    ],
)
def test_a_month_holds_as_many_as_it_has_days_in_china(
    now: datetime, days: int, next_month: datetime
) -> None:
    assert may(MONTH, [], now) == Allowed(left_for_kind=days)
    assert may(MONTH, [Use(at=now, amount=days)], now) == Wait(until=next_month)
    assert may(MONTH, [Use(at=now, amount=days)], next_month) != Wait(until=next_month)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, Closed(reason=ClosedReason.TOO_SMALL)),
        (2, Allowed(left_for_kind=10)),
        (10, Allowed(left_for_kind=10)),
        (11, Closed(reason=ClosedReason.TOO_LARGE)),
    ],
)
def test_a_size_is_within_its_bounds(size: int, expected: object) -> None:
    assert may(SIZE, [], NOW, amount=size) == expected


STRETCH = st.builds(
    CallLimit,
    api=st.just("x"),
    count=st.integers(1, 6),
    per=st.integers(1, 120).map(lambda seconds: timedelta(seconds=seconds)),
    source=st.just("here"),
)


@given(
    limit=STRETCH,
    wishes=st.lists(st.tuples(st.integers(0, 300), st.integers(1, 3)), max_size=60),
)
def test_no_stretch_ever_holds_more_than_the_limit(limit: CallLimit, wishes: list[tuple[int, int]]) -> None:
    done: list[Use] = []
    for second, amount in sorted(wishes):
        now = NOW + timedelta(seconds=second)
        if isinstance(may(limit, done, now, amount=amount), Allowed):
            done.append(Use(at=now, amount=amount))
    for first in done:
        held = sum(use.amount for use in done if first.at <= use.at < first.at + limit.per)
        assert held <= limit.count


@given(limit=STRETCH, ages=st.lists(st.integers(0, 120), max_size=12), amount=st.integers(1, 3))
def test_after_the_wait_it_is_allowed_and_not_a_moment_sooner(
    limit: CallLimit, ages: list[int], amount: int
) -> None:
    uses = [ago(age) for age in ages]
    decision = may(limit, uses, NOW, amount=amount)
    if isinstance(decision, Wait):
        assert decision.until > NOW
        assert isinstance(may(limit, uses, decision.until, amount=amount), Allowed)
        sooner = decision.until - timedelta(microseconds=1)
        assert isinstance(may(limit, uses, sooner, amount=amount), Wait)
    else:
        assert isinstance(decision, Closed) == (amount > limit.count)


@given(ages=st.lists(st.integers(0, 120), max_size=12))
def test_may_call_is_the_same_decision(ages: list[int]) -> None:
    calls = [NOW - timedelta(seconds=age) for age in ages]
    decision = may(CALLS, [Use(at=call) for call in calls], NOW)
    assert may_call(CALLS, calls, NOW) == (decision if isinstance(decision, Wait) else None)
