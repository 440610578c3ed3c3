"""What rules judge a customer by, read off what their events add up to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from customers.activity import Activity, DayFact, OrderMoney, day_of
from customers.events.event import EventKind, Role
from storage.times import to_ms

_DAY_MS = 86_400_000
_MONTH_DAYS = 30
_MOST_PREFERENCES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Within the window, but for what is the latest or the last.

    ``orders``: paid, and not refunded in full. ``repeats``: of them, those after the customer's first ever.
    ``spent_fen`` and ``average_order_fen``: refunds taken off; the average is None without orders. ``month_fen``: of
    the last 30 days. ``refunds``: orders of which something was refunded. ``shares``: no reward was promised.
    ``in_cart``: put something into the cart after the last payment. ``viewed_since_paid_seconds``: on days after that
    of the last payment, because views are kept by day. ``group_buys``, ``live_visits`` and ``store_visits``: ever.
    ``preferences``: categories, the strongest first. ``quiet_days``: whole days since the last payment, None without.
    """

    orders: int
    repeats: int
    spent_fen: int
    average_order_fen: int | None
    month_fen: int
    refunds: int
    shares: int
    coupons_taken: int
    coupons_used: int
    group_buys: int
    live_visits: int
    store_visits: int
    viewed_seconds: int
    viewed_since_paid_seconds: int
    in_cart: bool
    preferences: tuple[str, ...]
    region: str
    age_band: str
    role: Role
    first_paid_ms: int | None
    last_paid_ms: int | None
    quiet_days: int | None
    seen_ms: int | None


def facts_of(activity: Activity, now: datetime, *, window_days: int) -> Facts:
    """``now``: aware; what happened later does not count yet. ``window_days``: how far back things count."""
    now_ms = to_ms(now)
    kept = [order for order in _in_order(activity.orders) if (order.paid_ms or 0) <= now_ms]
    recent = _paid_since(kept, now_ms - window_days * _DAY_MS)
    spent = sum(map(_net, recent))
    last_paid_ms = kept[-1].paid_ms if kept else None
    days = Days(activity.days, last=day_of(now_ms), count=window_days)
    return Facts(
        orders=len(recent),
        repeats=sum(order is not kept[0] for order in recent),
        spent_fen=spent,
        average_order_fen=round(spent / len(recent)) if recent else None,
        month_fen=sum(map(_net, _paid_since(kept, now_ms - _MONTH_DAYS * _DAY_MS))),
        refunds=_refunds(activity.orders, now_ms - window_days * _DAY_MS, now_ms),
        shares=days.total(DayFact.SHARES),
        coupons_taken=days.total(DayFact.COUPONS_TAKEN),
        coupons_used=days.total(DayFact.COUPONS_USED),
        group_buys=activity.counts.get(EventKind.GROUP_BUY, 0),
        live_visits=activity.counts.get(EventKind.LIVE_VISIT, 0),
        store_visits=activity.counts.get(EventKind.STORE_VISIT, 0),
        viewed_seconds=days.total(DayFact.VIEWED_MS) // 1000,
        viewed_since_paid_seconds=days.total(
            DayFact.VIEWED_MS, after=None if last_paid_ms is None else day_of(last_paid_ms)
        )
        // 1000,
        in_cart=activity.last_ms.get(EventKind.CART, 0) > activity.last_ms.get(EventKind.PAY, 0),
        preferences=_strongest(activity.categories),
        region=_told(activity, "region"),
        age_band=_told(activity, "age_band"),
        role=Role(_told(activity, "role") or Role.ORDINARY),
        first_paid_ms=kept[0].paid_ms if kept else None,
        last_paid_ms=last_paid_ms,
        quiet_days=None if last_paid_ms is None else (now_ms - last_paid_ms) // _DAY_MS,
        seen_ms=max(activity.last_ms.values(), default=None),
    )


class Days:
    """What is kept by day, of ``count`` days up to ``last``."""

    def __init__(self, days: Mapping[int, Mapping[str, int]], *, last: int, count: int) -> None:
        self._days = days
        self._first, self._last = last - count + 1, last

    def total(self, fact: DayFact, *, after: int | None = None) -> int:
        """The sum; only of days later than ``after`` when that is given."""
        first = self._first if after is None else max(self._first, after + 1)
        return sum(facts.get(fact, 0) for day, facts in self._days.items() if first <= day <= self._last)


def _in_order(orders: Mapping[str, OrderMoney]) -> list[OrderMoney]:
    """What was paid and not refunded in full, by the time of payment."""
    paid = [(order.paid_ms, order_no, order) for order_no, order in orders.items() if _counts(order)]
    return [order for _, _, order in sorted(paid, key=lambda each: (each[0] or 0, each[1]))]


def _counts(order: OrderMoney) -> bool:
    return order.paid_ms is not None and _net(order) > 0


def _net(order: OrderMoney) -> int:
    return order.paid_fen - order.refunded_fen


def _paid_since(orders: list[OrderMoney], first_ms: int) -> list[OrderMoney]:
    return [order for order in orders if (order.paid_ms or 0) >= first_ms]


def _refunds(orders: Mapping[str, OrderMoney], first_ms: int, last_ms: int) -> int:
    return sum(
        order.refunded_fen > 0 and order.paid_ms is not None and first_ms <= order.paid_ms <= last_ms
        for order in orders.values()
    )


def _strongest(categories: Mapping[str, int]) -> tuple[str, ...]:
    by_strength = sorted(categories.items(), key=lambda each: (-each[1], each[0]))
    return tuple(name for name, _ in by_strength[:_MOST_PREFERENCES])


def _told(activity: Activity, name: str) -> str:
    return activity.told[name][2] if name in activity.told else ""
