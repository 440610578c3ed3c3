"""From what was done to the profile, and how it is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from customers.activity import Activity, DayFact, OrderMoney, day_of
from customers.events.event import Acquisition, AcquisitionChannel, Role
from customers.profile.evaluating import Judge
from customers.profile.population import Population, line_of
from customers.profile.profile import Base, Expected, Segment
from customers.profile.stored import profile_of, row_of, to_json
from customers.settings import CustomerSettings
from storage.times import to_ms

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)


def days_ago(days: int) -> int:
    return to_ms(NOW - timedelta(days=days))


VIP = Activity(
    counts={"pay": 5, "share": 1},
    last_ms={"pay": days_ago(3), "share": days_ago(1)},
    days={day_of(days_ago(1)): {DayFact.SHARES: 1}},
    orders={f"o{day}": OrderMoney(paid_fen=21_200, paid_ms=days_ago(day)) for day in (3, 40, 80, 120, 160)},
    categories={"水果": 4},
    told={"region": (days_ago(2), "mall:1", "上海"), "role": (days_ago(2), "mall:1", "group_owner")},
    came_by=(days_ago(200), "mall:0", "social:双11"),
)


def test_a_vip_is_known_by_rules() -> None:
    judge = Judge(CustomerSettings())
    profile = judge.profile(7, VIP, Population(value_line_fen=20_000), NOW)
    assert profile.segments == (Segment.HIGH_VALUE, Segment.SPREADER)
    assert [tag.name for tag in profile.tags] == ["高净值", "社交传播节点"]
    assert profile.base == Base(region="上海", age_band="", spending="high")
    assert profile.role is Role.GROUP_OWNER
    assert profile.came_by == Acquisition(channel=AcquisitionChannel.SOCIAL, campaign="双11")
    assert profile.behaviour.last_paid == NOW - timedelta(days=3)
    below = judge.profile(7, VIP, Population(value_line_fen=21_201), NOW)
    assert below.segments == (Segment.SPREADER,)


def test_a_profile_is_kept_whole() -> None:
    judge = Judge(CustomerSettings())
    fitted = {"rfm": "543", "ltv_fen": 90_000, "ltv_low_fen": 40_000, "ltv_high_fen": 150_000, "alive": 0.9}
    unfitted = dict.fromkeys(fitted)
    for activity in (VIP, Activity()):
        profile = judge.profile(7, activity, Population(), NOW)
        kept = row_of(profile, 1)
        assert profile_of({**kept, **unfitted}) == profile
        expected = Expected(ltv_fen=90_000, low_fen=40_000, high_fen=150_000, alive=0.9)
        assert profile_of({**kept, **fitted}) == replace(profile, rfm="543", expected=expected)
        assert to_json(profile_of({**kept, **fitted})) == kept["data"]


def test_the_line_is_the_last_of_the_top_share() -> None:
    found = {
        "none": line_of([], 0.2),
        "one": line_of([5], 0.2),
        "five": line_of([1, 2, 3, 4, 5], 0.2),
        "nine": line_of([*range(1, 10)], 0.2),
        "ten": line_of([*range(1, 11)], 0.2),
        "all the same": line_of([7] * 20, 0.2),
        "a share that is no binary fraction": line_of([*range(1, 11)], 0.3),
    }
    assert found == {
        "none": None,
        "one": 5,
        "five": 5,
        "nine": 9,
        "ten": 9,
        "all the same": 7,
        "a share that is no binary fraction": 8,
    }
