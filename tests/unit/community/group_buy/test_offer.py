"""Which offers there can be, and what they cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from community.group_buy.offer import Offer, Tier


def test_prices_are_whole_fen_rounded_down_and_the_deposit_is_the_first_tiers() -> None:
    offer = Offer(price_fen=9_999, tiers=(Tier(3, 900), Tier(5, 850), Tier(10, 799)), capacity=10)
    assert [offer.price_at(tier) for tier in offer.tiers] == [8_999, 8_499, 7_989]
    assert offer.deposit_fen == 8_999
    reached = {paid: offer.tier_of(paid) for paid in (0, 2, 3, 4, 5, 9, 10, 11)}
    assert [tier.size if tier else None for tier in reached.values()] == [None, None, 3, 3, 5, 5, 10, 10]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"price_fen": 0}, "price_fen"),
        ({"tiers": ()}, "at least 2 members"),
        ({"tiers": (Tier(1, 900),)}, "at least 2 members"),
        ({"tiers": (Tier(3, 900), Tier(3, 800))}, "more members"),
        ({"tiers": (Tier(3, 800), Tier(5, 900))}, "cheaper"),
        ({"tiers": (Tier(3, 1000),)}, "cheaper"),
        ({"price_fen": 3, "tiers": (Tier(2, 900), Tier(3, 899))}, "cheaper"),
        ({"tiers": (Tier(3, 0),)}, "below 1 fen"),
        ({"capacity": 4}, "capacity"),
        ({"hold": timedelta(0)}, "hold"),
    ],
)
def test_what_cannot_be_offered_is_said(changed: dict[str, Any], said: str) -> None:
    offer: dict[str, Any] = {"price_fen": 9_990, "tiers": (Tier(3, 900), Tier(5, 800)), "capacity": 6}
    with pytest.raises(ValueError, match=said):
        Offer(**{**offer, **changed})
