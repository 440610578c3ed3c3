"""What an activity says of a customer on a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from customers.activity import Activity, DayFact, OrderMoney, day_of
from customers.events.event import Role
from customers.profile.facts import Facts, facts_of
from storage.times import to_ms

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
TODAY = day_of(to_ms(NOW))


def before(days: float) -> int:
    return to_ms(NOW - timedelta(days=days))


def facts(activity: Activity, *, window_days: int = 100) -> Facts:
    return facts_of(activity, NOW, window_days=window_days)


def order(days_ago: float | None, paid: int = 1000, refunded: int = 0) -> OrderMoney:
    paid_ms = None if days_ago is None else before(days_ago)
    return OrderMoney(paid_fen=paid, refunded_fen=refunded, paid_ms=paid_ms)


def test_nothing_is_known_of_nobody() -> None:
    nobody = facts(Activity())
    assert (nobody.orders, nobody.repeats, nobody.average_order_fen) == (0, 0, None)
    assert (nobody.role, nobody.in_cart, nobody.seen_ms) == (Role.ORDINARY, False, None)


def test_orders_are_paid_not_refunded_and_within_the_window() -> None:
    found = facts(
        Activity(
            orders={
                "first ever": order(150),
                "refunded in full": order(20, 1000, 1000),
                "refunded in part": order(10, 1000, 400),
                "only refunds are known": order(None, 0, 500),
                "plain": order(40, 2001),
                "tomorrow": order(-1),
            }
        )
    )
    assert (found.orders, found.repeats, found.refunds) == (2, 2, 2)
    assert (found.spent_fen, found.average_order_fen, found.month_fen) == (2601, 1300, 600)
    assert (found.first_paid_ms, found.last_paid_ms) == (before(150), before(10))


def test_the_first_order_is_no_repeat() -> None:
    orders = {f"o{days}": order(days) for days in (5, 6, 7)}
    assert facts(Activity(orders=orders)).repeats == 2
    assert facts(Activity(orders=orders), window_days=6).repeats == 2
    assert facts(Activity(orders={**orders, "old": order(99)}), window_days=6).repeats == 2


def test_days_count_within_the_window_and_after_the_payment() -> None:
    days: dict[int, dict[str, int]] = {
        TODAY: {DayFact.VIEWED_MS: 100_000, DayFact.SHARES: 1},
        TODAY - 3: {DayFact.VIEWED_MS: 50_900, DayFact.COUPONS_TAKEN: 2},
        TODAY - 99: {DayFact.VIEWED_MS: 1_000, DayFact.COUPONS_USED: 1},
        TODAY - 100: {DayFact.VIEWED_MS: 7_000_000, DayFact.SHARES: 9},
    }
    found = facts(Activity(days=days, orders={"a": order(3)}))
    assert (found.viewed_seconds, found.viewed_since_paid_seconds) == (151, 100)
    assert (found.shares, found.coupons_taken, found.coupons_used) == (1, 2, 1)
    assert facts(Activity(days=days)).viewed_since_paid_seconds == 151


def test_a_cart_is_open_until_something_is_paid() -> None:
    told = {
        name: facts(Activity(last_ms=last)).in_cart
        for name, last in {
            "filled": {"cart": before(1)},
            "paid since": {"cart": before(2), "pay": before(1)},
            "filled again": {"cart": before(1), "pay": before(2)},
            "never": {"pay": before(2)},
        }.items()
    }
    assert told == {"filled": True, "paid since": False, "filled again": True, "never": False}


def test_preferences_are_the_strongest_three() -> None:
    found = facts(Activity(categories={"水果": 2, "大米": 5, "纸品": 2, "零食": 1}))
    assert found.preferences == ("大米", "水果", "纸品")


def test_what_was_told_of_somebody() -> None:
    told = {"region": (1, "mall:1", "上海"), "role": (2, "mall:2", "group_owner")}
    found = facts(Activity(told=told, last_ms={"view": before(3), "share": before(1)}))
    assert (found.region, found.age_band, found.role) == ("上海", "", Role.GROUP_OWNER)
    assert found.seen_ms == before(1)
