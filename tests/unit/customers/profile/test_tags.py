"""Tags by rules: who has which, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from conversations.errors import ConfigError
from customers.activity import Activity
from customers.events.event import Role
from customers.profile.facts import Facts, facts_of
from customers.profile.profile import Segment, Tag
from customers.profile.tags import BUILT_IN, FACTS, checked, tags_of
from customers.settings import SegmentSettings, TagRule

NOBODY = facts_of(Activity(), datetime(2026, 11, 3, tzinfo=UTC), window_days=365)
REGULAR = replace(
    NOBODY,
    orders=6,
    repeats=5,
    spent_fen=127_200,
    average_order_fen=21_200,
    shares=3,
    quiet_days=12,
    preferences=("水果", "大米"),
    region="上海",
    role=Role.CREATOR,
)


def given(facts: Facts, **when: Any) -> str | None:
    """The reason of a tag by one rule."""
    tags = tags_of(facts, (Segment.ORDINARY,), [TagRule(tag="T", when=when)], SegmentSettings())
    return tags[0].reason if tags else None


def test_a_reason_can_be_checked_by_a_person() -> None:
    segments = (Segment.HIGH_VALUE, Segment.SPREADER, Segment.POTENTIAL)
    facts = replace(REGULAR, viewed_since_paid_seconds=200, coupons_taken=2)
    assert tags_of(facts, segments, (), SegmentSettings()) == (
        Tag(name="高净值", reason="复购 5 次，客单价 ¥212（前 20%），主动分享 3 次"),
        Tag(name="社交传播节点", reason="身份是达人"),
        Tag(name="潜在转化", reason="加购后还没付款，浏览 200 秒，领券 2 张"),
    )
    assert tags_of(NOBODY, (Segment.ORDINARY,), checked(()), SegmentSettings()) == ()


def test_all_conditions_must_hold() -> None:
    found = {
        "at the bound": given(REGULAR, orders=6),
        "below it": given(REGULAR, orders=7),
        "both": given(REGULAR, repeats=2, average_order_yuan=200),
        "one of two": given(REGULAR, repeats=2, average_order_yuan=213),
        "no average": given(NOBODY, max_average_order_yuan=100),
        "greatest": given(REGULAR, max_quiet_days=12),
        "above it": given(REGULAR, max_quiet_days=11),
        "region": given(REGULAR, region=["上海", "苏州"]),
        "another region": given(REGULAR, region="苏州"),
        "preference": given(REGULAR, preference="大米"),
        "role": given(REGULAR, role="creator"),
        "cart": given(REGULAR, in_cart=False),
        "no cart": given(REGULAR, in_cart=True),
    }
    assert found == {
        "at the bound": "下单 6 次",
        "below it": None,
        "both": "复购 5 次，客单价 ¥212",
        "one of two": None,
        "no average": None,
        "greatest": "12 天没有下单",
        "above it": None,
        "region": "地区：上海",
        "another region": None,
        "preference": "常看水果、大米",
        "role": "身份是达人",
        "cart": "购物车已清空",
        "no cart": None,
    }


def test_every_fact_can_be_said() -> None:
    full = replace(REGULAR, age_band="25-34", in_cart=True)
    assert all(fact.said(fact.read(full)) for fact in FACTS.values())


def test_a_rule_of_the_shops_own_takes_the_place_of_a_built_in_one() -> None:
    own = TagRule(tag="爱分享", when={"shares": 10})
    rules = checked((own,))
    assert len(rules) == len(BUILT_IN)
    assert [rule for rule in rules if rule.tag == "爱分享"] == [own]


def test_a_rule_that_cannot_be_is_named() -> None:
    wrong: dict[str, dict[str, Any]] = {
        "is no fact": {"oders": 3},
        "is no fact that": {"max_region": 3},
        "Write a number": {"orders": "many"},
        "Write true or false": {"in_cart": 1},
        "Write a text": {"region": 3},
        "Use one of creator": {"role": ["boss"]},
    }
    for message, when in wrong.items():
        with pytest.raises(ConfigError, match=message) as error:
            checked((TagRule(tag="ok", when={"orders": 1}), TagRule(tag="wrong", when=when)))
        assert error.value.key == f"customers.tags.1.when.{next(iter(when))}"
