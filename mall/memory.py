"""Orders kept in memory, for tests and for talking to the bot without a mall."""

from __future__ import annotations

from collections.abc import Iterable

from conversations.errors import Transient
from mall.port import Order


class MemoryMall:
    """The ``Orders`` given. Set ``away`` to see what happens when the mall does not answer."""

    def __init__(self, orders: Iterable[Order] = ()) -> None:
        self._orders = {order.number: order for order in orders}
        self.away = False

    async def find(self, order_no: str) -> Order | None:
        self._answer()
        return self._orders.get(order_no)

    async def recent(self, customer_ref: str, limit: int) -> list[Order]:
        self._answer()
        theirs = [order for order in self._orders.values() if order.owner_ref == customer_ref]
        theirs.sort(key=lambda order: (order.placed_at, order.number), reverse=True)
        return theirs[:limit]

    def _answer(self) -> None:
        if self.away:
            raise Transient("the mall is away")
