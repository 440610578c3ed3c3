"""A customer asks how an order stands."""

from __future__ import annotations

from typing import assert_never

from conversations.facts import Fact
from conversations.outcomes import Outcome, say
from handlers.order_lookup import Missing, Named, Own, look_up
from handlers.order_texts import line_of, told_to_anybody, told_to_owner
from handlers.router import Router
from handlers.turn import Turn, settled
from mall.port import Order, Orders

INTENT = "order_status"
LISTED = 3

ASK = "请把订单号发给我，我帮您查。在小程序“我的订单”里可以复制，像 HY20261101001 这样。"
LIST = "您最近的订单：\n{lines}\n想看哪一单，把订单号发给我就行。"


def router(orders: Orders) -> Router:
    """Looks up the number in the message; without one lists the customer's own orders, or asks for a number."""
    routes = Router()

    @routes.intent(INTENT)
    async def order_status(turn: Turn) -> Outcome:
        looked = await look_up(turn, orders, intent=INTENT, ask=ASK, most=LISTED)
        match looked:
            case Missing(outcome=outcome):
                return outcome
            case Named(order=order, owned=owned):
                return _told(turn, order, owned=owned)
            case Own(orders=(order,)):
                return _told(turn, order, owned=True)
            case Own(orders=theirs):
                text = LIST.format(lines="\n".join(line_of(order) for order in theirs))
                return say(text, context=settled(turn.conversation.context, awaiting=INTENT))
            case _:
                assert_never(looked)

    return routes


def _told(turn: Turn, order: Order, *, owned: bool) -> Outcome:
    fact = Fact(name="order.told", details={"status": order.status.value, "owner": owned})
    text = told_to_owner(order) if owned else told_to_anybody(order)
    return say(text, context=settled(turn.conversation.context), facts=(fact,))
