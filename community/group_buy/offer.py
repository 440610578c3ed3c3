"""What a group is opened for: the price, what it falls to with more members, how many may join, how long it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

WHOLE = 1_000


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``size`` paid members on everybody pays ``permille`` thousandths of it: 3人9折 is ``Tier(3, 900)``."""

    size: int
    permille: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """``tiers``: from the smallest size to the largest, each cheaper. ``capacity``: most members of one group.

    ``hold``: how long a place is kept for somebody who has not paid yet; ``lasts``: how long a group is open.
    Raises ValueError, which names the field, for an offer that cannot be.
    """

    price_fen: int
    tiers: tuple[Tier, ...]
    capacity: int
    hold: timedelta = timedelta(minutes=15)
    lasts: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        if self.price_fen < 1:
            raise ValueError("price_fen: at least 1 fen")
        if not self.tiers or self.tiers[0].size < 2:
            raise ValueError("tiers: the first needs at least 2 members")
        if not _ascends([tier.size for tier in self.tiers]):
            raise ValueError("tiers: each needs more members than the one before")
        prices = [self.price_at(tier) for tier in self.tiers]
        if not _ascends([-price for price in (self.price_fen, *prices)]):
            raise ValueError("tiers: each must be cheaper than the one before, by a fen at least")
        if prices[-1] < 1:
            raise ValueError("tiers: the last is below 1 fen")
        if self.capacity < self.tiers[-1].size:
            raise ValueError("capacity: the last tier would never be reached")
        if self.hold <= timedelta(0) or self.lasts <= timedelta(0):
            raise ValueError("hold, lasts: longer than nothing")

    @property
    def deposit_fen(self) -> int:
        """What everybody pays on joining: the first tier's price, which is the most that a group can come to."""
        return self.price_at(self.tiers[0])

    def price_at(self, tier: Tier) -> int:
        """In whole fen, rounded down."""
        return self.price_fen * tier.permille // WHOLE

    def tier_of(self, paid: int) -> Tier | None:
        """The highest that so many paid members reach; None below the first."""
        return next((tier for tier in reversed(self.tiers) if tier.size <= paid), None)


def _ascends(numbers: Sequence[int]) -> bool:
    return all(one < other for one, other in pairwise(numbers))
