"""What the events of somebody add up to: a summary that can be merged, whatever the order.

Every part is a sum, a smallest, a greatest, or a map of such, so that ``merged`` is associative and commutative, and
``Activity()`` changes nothing. Events are told apart by their names before they get here; each counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

import orjson

T = TypeVar("T")

DAYS_KEPT = 400
"""Days before the last one on which something happened that the summary keeps apart."""

Told = tuple[int, str, str]
"""Something told of a customer: when (ms), by which event (``source:event_id``), what. The greatest counts."""


class DayFact(StrEnum):
    """What is counted by day. Values are stored."""

    VIEWED_MS = "viewed_ms"
    SHARES = "shares"
    """On their own: no reward was promised."""
    COUPONS_TAKEN = "coupons_taken"
    COUPONS_USED = "coupons_used"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoney:
    """Of one order. ``paid_ms``: of its first payment, None when only refunds are known."""

    paid_fen: int = 0
    refunded_fen: int = 0
    paid_ms: int | None = None

    def merged(self, other: OrderMoney) -> OrderMoney:
        return OrderMoney(
            paid_fen=self.paid_fen + other.paid_fen,
            refunded_fen=self.refunded_fen + other.refunded_fen,
            paid_ms=_least(self.paid_ms, other.paid_ms),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """``counts``, ``first_ms`` and ``last_ms`` by kind of event. ``days``: (day, what) → how much; see ``DayFact``.

    ``categories``: payments and views by category. ``told``: region, age_band and role, each the latest.
    ``came_by``: the first acquisition, ``channel`` or ``channel:campaign``.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    first_ms: Mapping[str, int] = field(default_factory=dict)
    last_ms: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    orders: Mapping[str, OrderMoney] = field(default_factory=dict)
    categories: Mapping[str, int] = field(default_factory=dict)
    told: Mapping[str, Told] = field(default_factory=dict)
    came_by: Told | None = None

    @property
    def last_day(self) -> int:
        """Days since 1970 (Beijing) of the last thing that a day is kept of; 0 when there is none."""
        return max(self.days, default=0)

    def merged(self, other: Activity) -> Activity:
        return Activity(
            counts=_summed(self.counts, other.counts),
            first_ms=_each(min, self.first_ms, other.first_ms),
            last_ms=_each(max, self.last_ms, other.last_ms),
            days=recent_days(_days(self.days, other.days)),
            orders={
                order_no: self.orders.get(order_no, _NO_MONEY).merged(other.orders.get(order_no, _NO_MONEY))
                for order_no in self.orders.keys() | other.orders.keys()
            },
            categories=_summed(self.categories, other.categories),
            told=_each(max, self.told, other.told),
            came_by=min(filter(None, (self.came_by, other.came_by)), default=None),
        )

    def to_json(self) -> str:
        """Canonical: the same text for the same summary."""
        stored: dict[str, Any] = {
            "counts": self.counts,
            "first_ms": self.first_ms,
            "last_ms": self.last_ms,
            "days": {str(day): facts for day, facts in self.days.items()},
            "orders": {
                order_no: [money.paid_fen, money.refunded_fen, money.paid_ms]
                for order_no, money in self.orders.items()
            },
            "categories": self.categories,
            "told": self.told,
            "came_by": self.came_by,
        }
        told = {name: part for name, part in stored.items() if part}
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()

    @classmethod
    def from_json(cls, text: str) -> Activity:
        stored = orjson.loads(text)
        came_by = stored.get("came_by")
        return cls(
            counts=stored.get("counts", {}),
            first_ms=stored.get("first_ms", {}),
            last_ms=stored.get("last_ms", {}),
            days={int(day): facts for day, facts in stored.get("days", {}).items()},
            orders={
                order_no: OrderMoney(paid_fen=paid, refunded_fen=refunded, paid_ms=paid_ms)
                for order_no, (paid, refunded, paid_ms) in stored.get("orders", {}).items()
            },
            categories=stored.get("categories", {}),
            told={name: (at, event, what) for name, (at, event, what) in stored.get("told", {}).items()},
            came_by=(came_by[0], came_by[1], came_by[2]) if came_by else None,
        )


def day_of(at_ms: int) -> int:
    """Days since 1970 as the shop counts them: Beijing's, which knows no summer time."""
    return (at_ms + _BEIJING_MS) // _DAY_MS


_DAY_MS = 86_400_000
_BEIJING_MS = 8 * 3_600_000
_NO_MONEY = OrderMoney()


def _least(one: int | None, other: int | None) -> int | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _summed(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in one.keys() | other.keys()}


def _each(choose: Callable[[T, T], T], one: Mapping[str, T], other: Mapping[str, T]) -> dict[str, T]:
    both = {name: choose(value, other[name]) for name, value in one.items() if name in other}
    return {**one, **other, **both}


def _days(
    one: Mapping[int, Mapping[str, int]], other: Mapping[int, Mapping[str, int]]
) -> dict[int, Mapping[str, int]]:
    return {day: _summed(one.get(day, {}), other.get(day, {})) for day in one.keys() | other.keys()}


def recent_days(days: Mapping[int, Mapping[str, int]]) -> Mapping[int, Mapping[str, int]]:
    """Order-free: what a smaller last day leaves out, a greater one leaves out as well."""
    first = max(days, default=0) - DAYS_KEPT
    return {day: facts for day, facts in days.items() if day > first}
