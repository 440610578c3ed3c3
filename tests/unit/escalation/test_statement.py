"""What customers of high value were promised in a month, and how much of it was kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from escalation.hours import ALWAYS
from escalation.routing import Tier
from escalation.service import Ending
from escalation.statement import month_of, statements_of
from tests.unit.escalation.test_levels import START, served

NEXT_WEEK = START + timedelta(days=7)
NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # 23:30 in Beijing


def test_a_month_is_one_of_the_calendar_in_china() -> None:
    month = month_of("2026-10", NOW)
    assert (month.name, month.year, month.month) == ("2026-10", 2026, 10)
    assert month.start == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert month.end == datetime(2026, 10, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "2026-13", "nonsense", "2026-12", "9999-12", "0001-01", "2026-11"])
def test_what_is_no_month_or_has_not_begun_is_this_one(name: str) -> None:
    month = month_of(name, NOW)
    assert month.name == "2026-11"
    assert month.end == NOW


def test_only_customers_of_high_value_are_in_it_by_their_own_agent() -> None:
    vip = {"vip": True, "own": "lin"}
    found = statements_of(
        [
            served("kept", 5, 20, tier=Tier.OWN, score=5, **vip),
            served("covered", 50, 60, tier=Tier.DEPUTY, score=1, **vip),
            served("lent", 5, 20, tier=Tier.POOL, **(vip | {"own": "mei"})),
            served("usual", 900, 900, tier=Tier.POOL),
            served("nobodys", 5, 20, tier=Tier.VIP_GROUP, vip=True),
        ],
        ALWAYS,
        NEXT_WEEK,
    )
    assert [each.own for each in found] == ["", "lin", "mei"]
    assert [each.levels.services for each in found] == [4, 2, 1]
    whole, lin, mei = found
    assert (lin.by_theirs, mei.by_theirs, whole.by_theirs) == (1.0, 0.0, 0.5)
    assert lin.levels.answer.share == 0.5
    assert lin.levels.content == 0.5


def test_settled_is_what_was_done_within_a_day() -> None:
    vip = {"vip": True, "own": "lin", "tier": Tier.OWN}
    late = START + timedelta(hours=24, seconds=1)
    (whole, _) = statements_of(
        [
            served("done", 5, 20, **vip),
            served("edge", 5, 20, ended_at=START + timedelta(hours=24), **vip),
            served("followed", 5, 20, ending=Ending.FOLLOWED_UP, **vip),
            served("late", 5, 20, ended_at=late, **vip),
            served("silent", 5, 20, ending=Ending.SILENT, **vip),
            served("open", 5, 20, ended_at=None, ending=None, **vip),
            served("left", None, None, ending=Ending.CALLED_OFF, vip=True, own="lin"),
        ],
        ALWAYS,
        NEXT_WEEK,
    )
    assert [each.rpartition(":")[2] for each in whole.unsettled] == ["late", "silent", "open"]
    assert whole.settled == 0.5


def test_what_still_has_time_counts_neither_way() -> None:
    running = replace(served("open", 5, 20), vip=True, ended_at=None, ending=None)
    (whole,) = statements_of([running], ALWAYS, START + timedelta(hours=23))
    assert whole.settled is None
    assert whole.unsettled == ()


def test_a_month_without_any_says_nothing() -> None:
    (whole,) = statements_of([served("usual", 5, 20)], ALWAYS, NEXT_WEEK)
    assert (whole.levels.services, whole.settled, whole.by_theirs) == (0, None, None)
