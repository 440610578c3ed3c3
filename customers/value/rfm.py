"""Recency, frequency and money by quintiles: where a buyer stands among the shop's buyers. Pure.

A score is 5 less the number of whole fifths of the buyers who are strictly better, so buyers who tie share the better
score, and the order in which buyers are given changes nothing. One exception: who ordered once has frequency 1. In
most shops that is more than half of the buyers, and sharing the better score would make them frequent.

The names of the eight cells are common practice in Chinese retail: each of the three is high or low; 重要 or 一般 by
money, the other word by recency and frequency. High is here a score of 4 or 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

Quartet = tuple[int, int, int, int]
Whole = NDArray[np.int64]

_HIGH = 4
_REPEATED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmBounds:
    """What is needed for 5, 4, 3 and 2, in this order; who misses all has 1.

    ``recency_days``: at most so many whole days since the last paid order. ``orders``, ``spent_fen``: at least.
    """

    recency_days: Quartet
    orders: Quartet
    spent_fen: Quartet

    def to_json(self) -> str:
        """The same text for the same bounds."""
        kept = {"recency_days": self.recency_days, "orders": self.orders, "spent_fen": self.spent_fen}
        return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()

    @classmethod
    def from_json(cls, text: str) -> RfmBounds:
        """Of what ``to_json`` gave. Raises KeyError, TypeError or ValueError for anything else."""
        kept: dict[str, Any] = orjson.loads(text)
        return cls(
            recency_days=_quartet(kept["recency_days"]),
            orders=_quartet(kept["orders"]),
            spent_fen=_quartet(kept["spent_fen"]),
        )


def bounds_of(recency_days: Whole, orders: Whole, spent_fen: Whole) -> RfmBounds | None:
    """One element per buyer in each. None without buyers. Exact, whatever the order of the buyers."""
    if not len(orders):
        return None
    return RfmBounds(
        recency_days=_least(recency_days),
        orders=_quartet([max(bound, _REPEATED) for bound in _greatest(orders)]),
        spent_fen=_greatest(spent_fen),
    )


def cell(bounds: RfmBounds, recency_days: int, orders: int, spent_fen: int) -> str:
    """``"543"``: recency 5, frequency 4, money 3; 5 is the best."""
    recency = 5 - sum(recency_days > bound for bound in bounds.recency_days)
    frequency = 5 - sum(orders < bound for bound in bounds.orders)
    money = 5 - sum(spent_fen < bound for bound in bounds.spent_fen)
    return f"{recency}{frequency}{money}"


def cells(bounds: RfmBounds, recency_days: Whole, orders: Whole, spent_fen: Whole) -> list[str]:
    """``cell`` of each of many buyers."""
    recency = sum((recency_days <= bound).astype(np.int64) for bound in bounds.recency_days)
    frequency = sum((orders >= bound).astype(np.int64) for bound in bounds.orders)
    money = sum((spent_fen >= bound).astype(np.int64) for bound in bounds.spent_fen)
    numbers: Whole = np.asarray(111 + 100 * recency + 10 * frequency + money)
    return [str(number) for number in numbers.tolist()]


def name_of(rfm: str) -> str:
    """Of a cell like ``"543"``. Raises ValueError for anything else."""
    if len(rfm) != 3 or not set(rfm) <= set("12345"):
        raise ValueError(f"not a cell of three scores from 1 to 5: {rfm!r}")
    recency, frequency, money = (int(score) >= _HIGH for score in rfm)
    return ("重要" if money else "一般") + _KINDS[recency, frequency] + "客户"


_KINDS: Mapping[tuple[bool, bool], str] = {
    (True, True): "价值",
    (True, False): "发展",
    (False, True): "保持",
    (False, False): "挽留",
}


def _least(values: Whole) -> Quartet:
    """The k-th bound has less than k fifths of the values below it, and is the greatest such value."""
    places = [-(-fifths * len(values) // 5) - 1 for fifths in (1, 2, 3, 4)]
    return _quartet(np.partition(values, places)[places].tolist())


def _greatest(values: Whole) -> Quartet:
    return _quartet([-bound for bound in _least(-np.asarray(values))])


def _quartet(values: list[int]) -> Quartet:
    first, second, third, fourth = values
    return first, second, third, fourth
