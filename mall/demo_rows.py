"""An order as the demo mall stores it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from mall.port import Item, Order, OrderStatus
from storage.times import from_ms, to_ms


def to_row(order: Order) -> dict[str, Any]:
    body = {
        "items": [list(item) for item in order.items],
        "shipped_at": _ms(order.shipped_at),
        "delivered_at": _ms(order.delivered_at),
        "carrier": order.carrier,
        "tracking_no": order.tracking_no,
    }
    return {
        "number": order.number,
        "owner_ref": order.owner_ref,
        "status": order.status.value,
        "placed_at": to_ms(order.placed_at),
        "total_fen": order.total_fen,
        "body": json.dumps(body, ensure_ascii=False),
    }


def from_row(row: RowMapping) -> Order:
    """Reads what any earlier version stored, too."""
    body = json.loads(row["body"])
    return Order(
        number=row["number"],
        status=OrderStatus(row["status"]),
        items=tuple(Item(name, quantity) for name, quantity in body["items"]),
        total_fen=row["total_fen"],
        placed_at=from_ms(row["placed_at"]),
        shipped_at=_moment(body["shipped_at"]),
        delivered_at=_moment(body.get("delivered_at")),
        carrier=body["carrier"],
        tracking_no=body["tracking_no"],
        owner_ref=row["owner_ref"],
    )


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else from_ms(stored)
