"""What the value of customers is reckoned from: when they bought, and for how much. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Of one buyer, in whole days and fen. A purchase is a day with at least one order that was paid and not refunded
    in full.

    ``repeats``: purchases after the first. ``last_days``: from the first purchase to the last, 0 without repeats.
    ``observed_days``: from the first purchase to today. ``spent_fen``: in all purchases, refunds taken off.
    """

    repeats: int
    last_days: int
    observed_days: int
    spent_fen: int


def history_of(orders: Collection[tuple[int, int]], today: int) -> History | None:
    """Of one customer; None: no order.

    ``orders``: day of payment, and what was paid less what was refunded, of each order that was not refunded in full,
    in any order. Days are counted from any one day, ``today`` too; what is paid later than that does not count yet.
    """
    kept = [(day, fen) for day, fen in orders if day <= today]
    if not kept:
        return None
    days = {day for day, _ in kept}
    return History(
        repeats=len(days) - 1,
        last_days=max(days) - min(days),
        observed_days=today - min(days),
        spent_fen=sum(fen for _, fen in kept),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """Of many buyers: one element per buyer in each, int64."""

    repeats: Whole
    last_days: Whole
    observed_days: Whole
    spent_fen: Whole

    @classmethod
    def of(cls, each: Iterable[History]) -> Histories:
        rows = [(one.repeats, one.last_days, one.observed_days, one.spent_fen) for one in each]
        table = np.array(rows, dtype=np.int64).reshape(-1, 4).T.copy()
        return cls(repeats=table[0], last_days=table[1], observed_days=table[2], spent_fen=table[3])

    def __len__(self) -> int:
        return len(self.repeats)
