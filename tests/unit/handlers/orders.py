"""Makes orders for handler tests."""

from __future__ import annotations

from datetime import timedelta

from mall.port import Item, Order, OrderStatus
from tests.unit.handlers.turns import NOW, WANG

NUMBER = "HY20261101001"
UNSENT = {"shipped_at": None, "carrier": None, "tracking_no": None}


def make_order(status: OrderStatus = OrderStatus.SHIPPED, **changes: object) -> Order:
    """An order of Wang's with a parcel, as far as its status has one."""
    values: dict[str, object] = {
        "number": NUMBER,
        "status": status,
        "items": (Item("五常大米 10斤", 1),),
        "total_fen": 5900,
        "placed_at": NOW - timedelta(days=3),
        "shipped_at": NOW - timedelta(days=2, hours=1),
        "carrier": "顺丰速运",
        "tracking_no": "SF1450093827716",
        "owner_ref": WANG.conversation_id,
    }
    if status in (OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.PACKED):
        values |= UNSENT
    return Order(**(values | changes))  # type: ignore[arg-type]
