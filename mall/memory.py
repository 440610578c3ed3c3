"""A mall kept in memory, for tests and for talking to the bot without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conversations.errands import Errand
from conversations.errors import Transient
from mall.port import Order, Receipt, Reward

DONE = "办好了。"


class MemoryMall:
    """The ``Orders``, ``Points`` and ``Changes`` given. Set ``away`` to see what happens when the mall does not answer.

    ``carried_out`` has each errand once, by its key.
    """

    def __init__(
        self,
        orders: Iterable[Order] = (),
        *,
        points: Mapping[str, int] | None = None,
        rewards: Iterable[Reward] = (),
    ) -> None:
        """``points`` by the customer's reference."""
        self._orders = {order.number: order for order in orders}
        self._points = dict(points or {})
        self._rewards = sorted(rewards, key=lambda reward: (reward.points, reward.id))
        self.carried_out: dict[str, Errand] = {}
        self.away = False

    async def find(self, order_no: str) -> Order | None:
        self._answer()
        return self._orders.get(order_no)

    async def recent(self, customer_ref: str, limit: int) -> list[Order]:
        self._answer()
        theirs = [order for order in self._orders.values() if order.owner_ref == customer_ref]
        theirs.sort(key=lambda order: (order.placed_at, order.number), reverse=True)
        return theirs[:limit]

    async def balance(self, customer_ref: str) -> int | None:
        self._answer()
        return self._points.get(customer_ref)

    async def rewards(self) -> list[Reward]:
        self._answer()
        return list(self._rewards)

    async def carry_out(self, errand: Errand, *, key: str, customer_ref: str) -> Receipt:
        """Says that it is done, and remembers it under its key."""
        self._answer()
        self.carried_out.setdefault(key, errand)
        return Receipt(accepted=True, text=DONE, reference=key)

    def _answer(self) -> None:
        if self.away:
            raise Transient("the mall is away")
