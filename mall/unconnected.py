"""No mall: the shop has not connected its own system yet."""

from __future__ import annotations

from conversations.errors import Permanent
from mall.port import Order


class UnconnectedMall:
    """``Orders`` of a shop without one: every question raises Permanent, so that nobody is told "no such order"."""

    async def find(self, order_no: str) -> Order | None:
        raise Permanent("no mall is connected")

    async def recent(self, customer_ref: str, limit: int) -> list[Order]:
        raise Permanent("no mall is connected")
