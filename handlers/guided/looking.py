"""Orders as a guided conversation looks them up: the customer's own, and one by its number."""

from __future__ import annotations

from conversations.errors import Permanent
from handlers.guided.heard import Who
from mall.port import Order, Orders

RECENT = 10
"""Orders looked through for some that fit."""


async def own_orders(orders: Orders, who: Who) -> list[Order]:
    """The customer's latest orders; none without a mall. Raises Transient when it is away."""
    try:
        return await orders.recent(who.conversation_id, RECENT)
    except Permanent:
        return []


async def own_order(orders: Orders, number: str, who: Who) -> Order | None:
    """The order, if it is the customer's own: nobody else is shown its goods. Raises Transient: the mall is away."""
    if not number:
        return None
    try:
        order = await orders.find(number)
    except Permanent:
        return None
    return order if order is not None and is_theirs(order, who) else None


def is_theirs(order: Order, who: Who) -> bool:
    """Whether the mall knows the order to be the customer's own."""
    return order.owner_ref == who.conversation_id
