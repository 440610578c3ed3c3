"""Adds events up, one after the other: the activity that merging that of each event would give, at less cost."""

from __future__ import annotations

from customers.activity import Activity, DayFact, OrderMoney, Told, day_of, recent_days
from customers.events.event import CustomerEvent, EventKind
from customers.events.stored import StoredEvent, stored


class Tally:
    """Starts from ``before``, which stays as it is."""

    def __init__(self, before: Activity | None = None) -> None:
        before = before or Activity()
        self._counts = dict(before.counts)
        self._first_ms = dict(before.first_ms)
        self._last_ms = dict(before.last_ms)
        self._days = {day: dict(facts) for day, facts in before.days.items()}
        self._orders = dict(before.orders)
        self._categories = dict(before.categories)
        self._told = dict(before.told)
        self._came_by = before.came_by

    def add(self, event: StoredEvent) -> None:
        """Each event once: they are told apart by their names before they get here."""
        kind, at_ms = event.kind, event.at_ms
        self._counts[kind] = self._counts.get(kind, 0) + 1
        self._first_ms[kind] = min(at_ms, self._first_ms.get(kind, at_ms))
        self._last_ms[kind] = max(at_ms, self._last_ms.get(kind, at_ms))
        if event.told:
            self._add_told(event)
        if kind in _DAILY:
            self._add_daily(event)

    def activity(self) -> Activity:
        return Activity(
            counts=self._counts,
            first_ms=self._first_ms,
            last_ms=self._last_ms,
            days=recent_days(self._days),
            orders=self._orders,
            categories=self._categories,
            told=self._told,
            came_by=self._came_by,
        )

    def _add_told(self, event: StoredEvent) -> None:
        told = event.told
        if event.kind in _MONEY:
            self._add_money(event)
        category = told.get("category")
        if category and event.kind in _PREFERRED:
            self._categories[category] = self._categories.get(category, 0) + 1
        for name in _LATEST:
            if name in told:
                said: Told = (event.at_ms, _name(event), told[name])
                self._told[name] = max(said, self._told.get(name, said))
        if "acquisition" in told:
            channel, campaign = told["acquisition"]
            came_by: Told = (event.at_ms, _name(event), f"{channel}:{campaign}".rstrip(":"))
            self._came_by = min(came_by, self._came_by or came_by)

    def _add_money(self, event: StoredEvent) -> None:
        order_no, amount_fen = event.told.get("order_no", ""), event.told.get("amount_fen", 0)
        if event.kind == EventKind.PAY:
            money = OrderMoney(paid_fen=amount_fen, paid_ms=event.at_ms)
        else:
            money = OrderMoney(refunded_fen=amount_fen)
        before = self._orders.get(order_no)
        self._orders[order_no] = money if before is None else before.merged(money)

    def _add_daily(self, event: StoredEvent) -> None:
        amount = 1
        if event.kind == EventKind.VIEW:
            amount = round(event.told.get("seconds", 0) * 1000)
        elif event.told.get("prompted"):
            return
        facts = self._days.setdefault(day_of(event.at_ms), {})
        fact = _DAILY[event.kind]
        facts[fact] = facts.get(fact, 0) + amount


def of_event(event: CustomerEvent) -> Activity:
    """What one event adds."""
    tally = Tally()
    tally.add(stored(event))
    return tally.activity()


def _name(event: StoredEvent) -> str:
    return f"{event.source}:{event.event_id}"


_MONEY = frozenset({EventKind.PAY.value, EventKind.REFUND.value})
_PREFERRED = frozenset({EventKind.VIEW.value, EventKind.CART.value, EventKind.PAY.value})
_LATEST = ("region", "age_band", "role")
_DAILY = {
    EventKind.VIEW.value: DayFact.VIEWED_MS.value,
    EventKind.SHARE.value: DayFact.SHARES.value,
    EventKind.COUPON_TAKEN.value: DayFact.COUPONS_TAKEN.value,
    EventKind.COUPON_USED.value: DayFact.COUPONS_USED.value,
}
