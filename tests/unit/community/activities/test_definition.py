"""What an owner may write, how it is understood, and what is said when it cannot be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from community.activities.definition import Unreadable, read_activity
from community.group_buy.offer import Tier
from tests.unit.community.activities.activities import group_buy, lottery


def test_a_group_buy_is_read_in_fen_and_beijing_time() -> None:
    activity = group_buy()
    assert (activity.price, activity.lowest_price_7_days) == (9_990, 9_990)
    assert activity.tiers == (Tier(3, 900), Tier(5, 850))
    assert activity.starts_at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert activity.offer().deposit_fen == 8_991


def test_a_time_with_an_offset_and_an_amount_without_decimals_are_what_they_say() -> None:
    activity = lottery(
        ends_at="2026-11-24T12:00:00+00:00", prizes=[{"name": "券", "value": "10", "odds": 0.25}]
    )
    assert activity.ends_at == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert (activity.prizes[0].value, activity.prizes[0].odds) == (1_000, 0.25)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"price": "九十九"}, "price: '九十九' is no amount; write yuan, such as 99.90"),
        ({"price": "1.234"}, "price: '1.234' is not in whole fen"),
        ({"price": "inf"}, "price: 'inf' is not in whole fen"),
        ({"price": True}, "price: True is no amount"),
        ({"price": -1}, "price: "),
        ({"tiers": ["三人九折"]}, "tiers.0: '三人九折' is no tier; write 3人9折"),
        ({"tiers": ["5人8折", "3人9折"]}, "tiers: each needs more members"),
        ({"capacity": 4}, "capacity: the last tier would never be reached"),
        ({"starts_at": "明天"}, "starts_at: '明天' is no time; write 2026-11-24 20:00"),
        ({"id": "no spaces"}, "id: "),
        ({"title": None}, "title: Field required"),
        ({"prise": 1}, "prise: Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_read_names_the_field_and_the_cure(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(Unreadable) as raised:
        group_buy(**changed)
    assert any(each.startswith(problem) for each in raised.value.problems), raised.value.problems


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file holds no activity"),
        ("- a", "the file holds no activity"),
        ("type: sale", "type: write group_buy or lottery"),
        ("type: [lottery]", "type: write group_buy or lottery"),
        ("a: b\n c: [", "line 2: this is no YAML"),
    ],
)
def test_what_is_no_activity_at_all_is_said(text: str, problem: str) -> None:
    with pytest.raises(Unreadable, match=problem.replace("[", r"\[")):
        read_activity(text)
