"""The demo's orders make sense."""

from datetime import UTC, datetime

import pytest

from conversations.errands import OF_PEOPLE, Errand, ErrandKind
from handlers.guided.forms import FORMS, Form
from handlers.guided.which_order import suitable
from intents.numbers import order_number
from mall.demo import demo_orders
from mall.demo_rules import Books, decide
from mall.port import Order, OrderStatus

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
ORDERS = demo_orders(NOW, {"first": "a", "second": "b"})
ON_ITS_WAY = {OrderStatus.SHIPPED, OrderStatus.DELIVERED}
NOT_YET = {OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.PACKED}


def test_every_status_is_there_and_every_number_once() -> None:
    assert {order.status for order in ORDERS} == set(OrderStatus)
    assert len({order.number for order in ORDERS}) == len(ORDERS) >= 12
    assert {order.owner_ref for order in ORDERS} == {"a", "b", None}


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.number)
def test_an_order_makes_sense(order: Order) -> None:
    assert order_number(order.number.lower()) == order.number
    assert order.items
    assert all(item.quantity >= 1 for item in order.items)
    assert order.total_fen > 0
    assert order.placed_at < NOW
    shipped = (order.shipped_at, order.carrier, order.tracking_no)
    if order.status in ON_ITS_WAY:
        assert None not in shipped
    if order.status in NOT_YET:
        assert (*shipped, order.delivered_at) == (None, None, None, None)
    if order.status is OrderStatus.DELIVERED:
        assert order.shipped_at is not None
        assert order.delivered_at is not None
        assert order.shipped_at < order.delivered_at < NOW
    assert order.shipped_at is None or order.placed_at < order.shipped_at < NOW


@pytest.mark.parametrize("owner", ["a", "b"])
@pytest.mark.parametrize(
    "kind", [kind for kind in ErrandKind if kind not in (*OF_PEOPLE, ErrandKind.REDEEM_POINTS)]
)
def test_each_customer_of_the_demo_has_an_order_for_everything(owner: str, kind: ErrandKind) -> None:
    theirs = [order for order in ORDERS if order.owner_ref == owner]
    allowed = {
        decide(
            Errand(kind=kind, order_no=order.number),
            Books(order=order),
            customer_ref=owner,
            number="X1",
            now=NOW,
        ).receipt.accepted
        for order in theirs
    }
    assert True in allowed
    assert owner == "b" or False in allowed


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="timezone-aware"):
        Order(
            number="x",
            status=OrderStatus.PAID,
            items=(),
            total_fen=1,
            placed_at=NOW.replace(tzinfo=None),
        )


@pytest.mark.parametrize("owner", ["a", "b"])
@pytest.mark.parametrize(
    "form", [form for form in FORMS.values() if "order_no" in form.slots], ids=lambda form: form.name
)
def test_each_customer_of_the_demo_can_play_every_guided_conversation(owner: str, form: Form) -> None:
    theirs = [order for order in ORDERS if order.owner_ref == owner]
    theirs.sort(key=lambda order: order.placed_at, reverse=True)
    offered = suitable(form, theirs, NOW)
    assert offered
    if form.errand is not None:
        errand = Errand(kind=form.errand, order_no=offered[0].number)
        outcome = decide(errand, Books(order=offered[0]), customer_ref=owner, number="X1", now=NOW)
        assert outcome.receipt.accepted
