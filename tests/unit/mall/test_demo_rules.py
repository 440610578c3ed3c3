"""What the demo mall accepts and declines, and that it says why and what else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conversations.errands import Errand, ErrandKind
from mall.demo_rules import Books, Decided, decide, reference
from mall.port import Item, Order, OrderStatus, Reward

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
WANG = "official:gh_shop:wang"
NUMBER = "HY20261101001"
ORDER = Order(
    number=NUMBER,
    status=OrderStatus.DELIVERED,
    items=(Item("纯棉浴巾", 2),),
    total_fen=12980,
    placed_at=NOW - timedelta(days=5),
    shipped_at=NOW - timedelta(days=4),
    delivered_at=NOW - timedelta(days=3),
    owner_ref=WANG,
)
REWARDS = (Reward(id="c10", name="10 元代金券", points=100),)
ABOUT_ORDERS = [kind for kind in ErrandKind if kind is not ErrandKind.REDEEM_POINTS]

S = OrderStatus
ACCEPTED = {
    ErrandKind.RETURN: {S.SHIPPED, S.DELIVERED},
    ErrandKind.EXCHANGE: {S.SHIPPED, S.DELIVERED},
    ErrandKind.CHANGE_ADDRESS: {S.UNPAID, S.PAID, S.PACKED},
    ErrandKind.CANCEL: {S.UNPAID, S.PAID},
    ErrandKind.INVOICE: {S.PAID, S.PACKED, S.SHIPPED, S.DELIVERED},
    ErrandKind.URGE: {S.PAID, S.PACKED},
    ErrandKind.PRICE_PROTECTION: {S.PAID, S.PACKED, S.SHIPPED, S.DELIVERED},
    ErrandKind.REFUND: {S.PAID, S.PACKED, S.SHIPPED, S.DELIVERED, S.REFUNDING},
    ErrandKind.SEND_AGAIN: {S.SHIPPED, S.DELIVERED, S.REFUNDING},
}


def decided(kind: ErrandKind, order: Order | None, *, who: str = WANG, invoiced: bool = False) -> Decided:
    errand = Errand(
        kind=kind, order_no=NUMBER, details={"product": "纯棉浴巾", "new_spec": "灰色", "fen": "100"}
    )
    return decide(
        errand, Books(order=order, invoiced=invoiced), customer_ref=who, number="X2611030007", now=NOW
    )


@pytest.mark.parametrize("status", list(OrderStatus))
@pytest.mark.parametrize("kind", ABOUT_ORDERS)
def test_what_is_accepted_depends_on_how_the_order_stands(kind: ErrandKind, status: OrderStatus) -> None:
    outcome = decided(kind, replace(ORDER, status=status))
    assert outcome.receipt.accepted == (status in ACCEPTED[kind])
    assert (outcome.receipt.reference is None) == (not outcome.receipt.accepted)
    assert outcome.receipt.text
    if not outcome.receipt.accepted:
        assert NUMBER in outcome.receipt.text
        assert outcome.status is None


@pytest.mark.parametrize("kind", ABOUT_ORDERS)
def test_strangers_change_nothing_of_an_order(kind: ErrandKind) -> None:
    able = replace(ORDER, status=min(ACCEPTED[kind]))
    assert decided(kind, able).receipt.accepted
    accepted = decided(kind, able, who="official:gh_shop:li").receipt.accepted
    assert accepted == (kind in (ErrandKind.URGE, ErrandKind.PRICE_PROTECTION))
    assert not decided(kind, None).receipt.accepted


@pytest.mark.parametrize(
    ("kind", "days", "accepted"),
    [
        (ErrandKind.RETURN, 7, True),
        (ErrandKind.RETURN, 8, False),
        (ErrandKind.EXCHANGE, 15, True),
        (ErrandKind.EXCHANGE, 16, False),
    ],
)
def test_days_are_counted_from_the_one_after_the_goods_came(
    kind: ErrandKind, days: int, accepted: bool
) -> None:
    late = replace(ORDER, placed_at=NOW - timedelta(days=60), delivered_at=NOW - timedelta(days=days))
    assert decided(kind, late).receipt.accepted == accepted


@pytest.mark.parametrize(
    ("kind", "days", "accepted"),
    [
        (ErrandKind.PRICE_PROTECTION, 7, True),
        (ErrandKind.PRICE_PROTECTION, 7.1, False),
        (ErrandKind.INVOICE, 180, True),
        (ErrandKind.INVOICE, 181, False),
    ],
)
def test_days_are_counted_from_the_purchase(kind: ErrandKind, days: float, accepted: bool) -> None:
    assert decided(kind, replace(ORDER, placed_at=NOW - timedelta(days=days))).receipt.accepted == accepted


def test_what_a_change_does_to_the_order() -> None:
    assert decided(ErrandKind.RETURN, ORDER).status is OrderStatus.REFUNDING
    assert decided(ErrandKind.EXCHANGE, ORDER).status is None
    paid = decided(ErrandKind.CANCEL, replace(ORDER, status=OrderStatus.PAID))
    assert paid.status is OrderStatus.REFUNDED
    assert "129.80 元" in paid.receipt.text
    unpaid = decided(ErrandKind.CANCEL, replace(ORDER, status=OrderStatus.UNPAID))
    assert unpaid.status is OrderStatus.CLOSED


def test_refunds_in_parts_never_exceed_what_was_paid() -> None:
    def paid(fen: str, before: int) -> Decided:
        errand = Errand(kind=ErrandKind.REFUND, order_no=NUMBER, details={"fen": fen})
        books = Books(order=ORDER, refunded_fen=before)
        return decide(errand, books, customer_ref=WANG, number="TK1", now=NOW)

    became = {
        case: (outcome.receipt.accepted, outcome.status)
        for case, outcome in {
            "a part": paid("2980", 0),
            "the rest": paid("10000", 2980),
            "too much": paid("10001", 2980),
            "nothing": paid("0", 0),
            "no number": paid("-5", 0),
        }.items()
    }
    assert became == {
        "a part": (True, None),
        "the rest": (True, OrderStatus.REFUNDED),
        "too much": (False, None),
        "nothing": (False, None),
        "no number": (False, None),
    }


def test_a_second_invoice_is_declined() -> None:
    assert not decided(ErrandKind.INVOICE, ORDER, invoiced=True).receipt.accepted


@pytest.mark.parametrize(
    ("points", "reward", "spent"),
    [(100, "10 元代金券", 100), (99, "10 元代金券", 0), (None, "10 元代金券", 0), (999, "电饭煲", 0)],
)
def test_points_are_spent_when_there_are_enough(points: int | None, reward: str, spent: int) -> None:
    errand = Errand(kind=ErrandKind.REDEEM_POINTS, details={"reward": reward})
    books = Books(points=points, rewards=REWARDS)
    outcome = decide(errand, books, customer_ref=WANG, number="JF1234ABCD", now=NOW)
    assert outcome.spent == spent
    assert outcome.receipt.accepted == (spent > 0)
    assert ("JF1234ABCD" in outcome.receipt.text) == (spent > 0)


def test_references_name_the_kind_and_the_day_in_china() -> None:
    late = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)
    assert reference(ErrandKind.RETURN, 7, late, coupon="JF1") == "TH2611040007"
    assert reference(ErrandKind.REDEEM_POINTS, 7, late, coupon="JF1") == "JF1"
    assert len({reference(kind, 1, NOW, coupon="JF1") for kind in ErrandKind}) == len(ErrandKind)
