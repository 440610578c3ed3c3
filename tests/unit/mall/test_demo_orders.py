"""The demo's orders make sense."""

from datetime import UTC, datetime

import pytest

from intents.numbers import order_number
from mall.demo import demo_orders
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
        assert shipped == (None, None, None)
    assert order.shipped_at is None or order.placed_at < order.shipped_at < NOW


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="timezone-aware"):
        Order(
            number="x",
            status=OrderStatus.PAID,
            items=(),
            total_fen=1,
            placed_at=NOW.replace(tzinfo=None),
        )
