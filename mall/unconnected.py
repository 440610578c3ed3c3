"""No mall: the shop has not connected its own system yet."""

from __future__ import annotations

from conversations.errands import Errand
from conversations.errors import Permanent
from mall.port import Order, Receipt, Reward


class UnconnectedMall:
    """Of a shop without one: everything raises Permanent, so that nobody is told "no such order"."""

    async def find(self, order_no: str) -> Order | None:
        raise Permanent("no mall is connected")

    async def recent(self, customer_ref: str, limit: int) -> list[Order]:
        raise Permanent("no mall is connected")

    async def balance(self, customer_ref: str) -> int | None:
        raise Permanent("no mall is connected")

    async def rewards(self) -> list[Reward]:
        raise Permanent("no mall is connected")

    async def carry_out(self, errand: Errand, *, key: str, customer_ref: str) -> Receipt:
        raise Permanent("no mall is connected")
