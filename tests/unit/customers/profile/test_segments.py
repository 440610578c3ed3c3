"""The shop's segments, by their definitions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from customers.activity import Activity
from customers.events.event import Role
from customers.profile.facts import facts_of
from customers.profile.profile import Segment
from customers.profile.segments import segments_of
from customers.settings import SegmentSettings

NOBODY = facts_of(Activity(), datetime(2026, 11, 3, tzinfo=UTC), window_days=365)
VALUED = replace(NOBODY, repeats=3, average_order_fen=21_200, shares=1)
TEMPTED = replace(NOBODY, in_cart=True, viewed_since_paid_seconds=181, coupons_taken=1)
LINE = 20_000


def test_every_condition_counts() -> None:
    found = {
        name: segments_of(facts, SegmentSettings(), LINE)
        for name, facts in {
            "nobody": NOBODY,
            "valued": VALUED,
            "on the line": replace(VALUED, average_order_fen=LINE),
            "below the line": replace(VALUED, average_order_fen=LINE - 1),
            "two repeats": replace(VALUED, repeats=2),
            "shares for rewards only": replace(VALUED, shares=0),
            "tempted": TEMPTED,
            "180 seconds": replace(TEMPTED, viewed_since_paid_seconds=180),
            "no cart": replace(TEMPTED, in_cart=False),
            "no coupon": replace(TEMPTED, coupons_taken=0),
            "owner": replace(NOBODY, role=Role.GROUP_OWNER),
            "distributor": replace(NOBODY, role=Role.DISTRIBUTOR),
            "creator": replace(NOBODY, role=Role.CREATOR),
        }.items()
    }
    high, potential = (Segment.HIGH_VALUE,), (Segment.POTENTIAL,)
    ordinary, spreader = (Segment.ORDINARY,), (Segment.SPREADER,)
    assert found == {
        "nobody": ordinary,
        "valued": high,
        "on the line": high,
        "below the line": ordinary,
        "two repeats": ordinary,
        "shares for rewards only": ordinary,
        "tempted": potential,
        "180 seconds": ordinary,
        "no cart": ordinary,
        "no coupon": ordinary,
        "owner": spreader,
        "distributor": spreader,
        "creator": spreader,
    }


def test_in_several_the_settings_say_which_decides() -> None:
    all_of_them = replace(TEMPTED, repeats=3, average_order_fen=LINE, shares=2, role=Role.CREATOR)
    assert segments_of(all_of_them, SegmentSettings(), LINE) == (
        Segment.HIGH_VALUE,
        Segment.SPREADER,
        Segment.POTENTIAL,
    )
    other = SegmentSettings(order=("potential", "ordinary", "spreader", "high_value"))
    assert segments_of(all_of_them, other, LINE)[0] is Segment.POTENTIAL


def test_without_buyers_there_is_no_line() -> None:
    assert segments_of(VALUED, SegmentSettings(), None) == (Segment.ORDINARY,)


def test_thresholds_are_settings() -> None:
    mild = SegmentSettings(repeat_orders=1, own_shares=0, viewed_seconds=10)
    facts = replace(NOBODY, repeats=1, average_order_fen=LINE)
    assert segments_of(facts, mild, LINE) == (Segment.HIGH_VALUE,)
    assert segments_of(replace(TEMPTED, viewed_since_paid_seconds=11), mild, LINE) == (Segment.POTENTIAL,)


@pytest.mark.parametrize("order", [("high_value",), ("high_value", "high_value", "spreader", "ordinary")])
def test_an_order_that_leaves_a_segment_out_is_refused(order: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="each of high_value"):
        SegmentSettings.model_validate({"order": order})
