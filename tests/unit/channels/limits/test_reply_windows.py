"""Reply windows: who may use what is left, which window pays, and never more than the platform's count."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.limits import (
    CLOCK_SKEW,
    KEFU_LIMITS,
    MEMBER_LIMITS,
    OFFICIAL_CALL_LIMITS,
    OFFICIAL_LIMITS,
    Allowed,
    CallLimit,
    Closed,
    ClosedReason,
    Wait,
    Window,
    may_call,
    may_send,
)
from conversations.inbound import Trigger
from conversations.replies import ReplyKind

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CHAT, NOTICE, TRANSITION, PERSON = ReplyKind
RESERVED, USED_UP, NO_WINDOW = ClosedReason.RESERVED, ClosedReason.USED_UP, ClosedReason.NO_WINDOW


def window(trigger: Trigger = Trigger.MESSAGE, *, used: int = 0, age: timedelta = timedelta(0)) -> Window:
    return Window(trigger=trigger, opened_at=NOW - age, used=used)


def message(left: int) -> Allowed:
    return Allowed(trigger=Trigger.MESSAGE, left_for_kind=left)


@pytest.mark.parametrize(
    ("kind", "used", "expected"),
    [
        (CHAT, 0, message(2)),
        (CHAT, 1, message(1)),
        (CHAT, 2, Closed(reason=RESERVED)),
        (NOTICE, 2, message(1)),
        (NOTICE, 3, Closed(reason=RESERVED)),
        (TRANSITION, 2, message(1)),
        (TRANSITION, 3, Closed(reason=RESERVED)),
        (PERSON, 0, message(5)),
        (PERSON, 4, message(1)),
        (PERSON, 5, Closed(reason=USED_UP)),
        (NOTICE, 5, Closed(reason=USED_UP)),
        (PERSON, 9, Closed(reason=USED_UP)),
    ],
)
def test_a_message_opens_five_of_which_two_are_for_people_and_one_for_notices(
    kind: ReplyKind, used: int, expected: Allowed | Closed
) -> None:
    assert may_send(OFFICIAL_LIMITS, [window(used=used)], kind, NOW) == expected


@pytest.mark.parametrize("trigger", [Trigger.MENU_CLICK, Trigger.FOLLOW, Trigger.SCAN])
@pytest.mark.parametrize(("used", "left"), [(0, 3), (2, 1)])
def test_one_minute_windows_hold_three_and_keep_nothing_back(trigger: Trigger, used: int, left: int) -> None:
    decision = may_send(OFFICIAL_LIMITS, [window(trigger, used=used)], CHAT, NOW)
    assert decision == Allowed(trigger=trigger, left_for_kind=left)


@pytest.mark.parametrize(
    ("trigger", "lasts"),
    [(Trigger.MESSAGE, timedelta(hours=48)), (Trigger.FOLLOW, timedelta(minutes=1))],
)
def test_a_window_ends_on_time(trigger: Trigger, lasts: timedelta) -> None:
    second = timedelta(seconds=1)
    assert isinstance(may_send(OFFICIAL_LIMITS, [window(trigger, age=lasts - second)], CHAT, NOW), Allowed)
    assert may_send(OFFICIAL_LIMITS, [window(trigger, age=lasts)], CHAT, NOW) == Closed(reason=NO_WINDOW)


def test_members_may_be_written_to_at_any_time_and_nothing_is_charged() -> None:
    decision = may_send(MEMBER_LIMITS, [], CHAT, NOW)
    assert isinstance(decision, Allowed)
    assert decision.trigger is None
    assert decision.left_for_kind > 1  # the planner merges what shares the last one


def test_kefu_holds_five_for_a_message_and_nothing_for_entering() -> None:
    assert may_send(KEFU_LIMITS, [window(used=4)], PERSON, NOW) == message(1)
    assert may_send(KEFU_LIMITS, [window(Trigger.FOLLOW)], CHAT, NOW) == Closed(reason=NO_WINDOW)


def test_nothing_is_open_before_the_first_act() -> None:
    assert may_send(OFFICIAL_LIMITS, [], PERSON, NOW) == Closed(reason=NO_WINDOW)


def test_the_window_that_closes_soonest_pays_and_both_are_counted() -> None:
    windows = [window(), window(Trigger.MENU_CLICK, used=1)]
    assert may_send(OFFICIAL_LIMITS, windows, CHAT, NOW) == Allowed(
        trigger=Trigger.MENU_CLICK, left_for_kind=2 + 2
    )


def test_a_used_up_short_window_leaves_it_to_the_long_one() -> None:
    windows = [window(), window(Trigger.MENU_CLICK, used=3)]
    assert may_send(OFFICIAL_LIMITS, windows, CHAT, NOW) == message(2)


def test_a_later_message_renews_the_window_and_does_not_add_to_it() -> None:
    windows = [window(age=timedelta(hours=1)), window(used=5)]
    assert may_send(OFFICIAL_LIMITS, windows, PERSON, NOW) == Closed(reason=USED_UP)


def test_a_window_from_the_future_is_waited_for_unless_it_is_only_skew() -> None:
    soon, later = CLOCK_SKEW, CLOCK_SKEW + timedelta(hours=3)
    assert may_send(OFFICIAL_LIMITS, [window(age=-soon)], CHAT, NOW) == message(2)
    assert may_send(OFFICIAL_LIMITS, [window(age=-later)], CHAT, NOW) == Wait(until=NOW + later)


KINDS = st.sampled_from(ReplyKind)
TRIGGERS = st.sampled_from(Trigger)


@given(
    acts=st.lists(st.tuples(st.integers(0, 3 * 86_400), TRIGGERS), max_size=12),
    wishes=st.lists(st.tuples(st.integers(0, 3 * 86_400), KINDS), max_size=60),
)
def test_no_window_is_ever_charged_more_than_the_platform_allows(
    acts: list[tuple[int, Trigger]], wishes: list[tuple[int, ReplyKind]]
) -> None:
    start = NOW
    charged: dict[tuple[Trigger, datetime], int] = {}
    by_bot: dict[tuple[Trigger, datetime], int] = {}
    for second, kind in sorted(wishes):
        now = start + timedelta(seconds=second)
        newest = {trigger: at for at, trigger in sorted(acts) if at <= second}
        windows = [
            Window(trigger=trigger, opened_at=opened, used=charged.get((trigger, opened), 0))
            for trigger, at in newest.items()
            for opened in [start + timedelta(seconds=at)]
        ]
        decision = may_send(OFFICIAL_LIMITS, windows, kind, now)
        if not isinstance(decision, Allowed):
            continue
        payer = next(w for w in windows if w.trigger is decision.trigger)
        limit = OFFICIAL_LIMITS.windows[payer.trigger]
        assert payer.opened_at <= now < payer.opened_at + limit.lasts
        key = (payer.trigger, payer.opened_at)
        charged[key] = charged.get(key, 0) + 1
        by_bot[key] = by_bot.get(key, 0) + (kind is not PERSON)
    for (trigger, _opened), count in charged.items():
        assert count <= (OFFICIAL_LIMITS.windows[trigger].count or 0)
    for (trigger, _opened), count in by_bot.items():
        if trigger is Trigger.MESSAGE:
            assert count <= 5 - OFFICIAL_LIMITS.reserved_for_people


@given(
    trigger=TRIGGERS,
    used=st.integers(0, 6),
    seconds=st.integers(0, 172_799),
    kind=KINDS,
)
def test_what_is_left_can_really_be_sent(trigger: Trigger, used: int, seconds: int, kind: ReplyKind) -> None:
    opened = NOW - timedelta(seconds=seconds)
    first = may_send(
        OFFICIAL_LIMITS,
        [Window(trigger=trigger, opened_at=opened, used=used)],
        kind,
        NOW,
    )
    left = first.left_for_kind if isinstance(first, Allowed) else 0
    for more in range(left + 1):
        windows = [Window(trigger=trigger, opened_at=opened, used=used + more)]
        decision = may_send(OFFICIAL_LIMITS, windows, kind, NOW)
        assert isinstance(decision, Allowed) == (more < left)


def test_every_limit_names_its_source() -> None:
    for window_limit in OFFICIAL_LIMITS.windows.values():
        assert window_limit.source
        assert window_limit.count
    for call_limit in OFFICIAL_CALL_LIMITS:
        assert call_limit.source
        assert call_limit.count > 0


def test_calls_are_spaced_by_the_oldest_that_still_counts() -> None:
    limit = CallLimit(api="x", count=2, per=timedelta(minutes=1), source="here")
    ages = (70, 50, 10)
    calls = [NOW - timedelta(seconds=age) for age in ages]
    assert may_call(limit, calls[1:2], NOW) is None
    assert may_call(limit, calls, NOW) == Wait(until=NOW + timedelta(seconds=10))
