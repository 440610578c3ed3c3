"""The price of something bought has fallen, and the customer wants the difference."""

from __future__ import annotations

from typing import assert_never

from conversations.errands import Errand, ErrandKind
from conversations.facts import Fact
from conversations.outcomes import Outcome, Say, say
from conversations.replies import TextReply
from handlers.order_lookup import Missing, Named, Own, look_up
from handlers.order_texts import STATUS, line_of
from handlers.router import Router
from handlers.turn import Turn, settled
from mall.port import Order, Orders, OrderStatus

INTENT = "price_protection"
LOOKED_THROUGH = 10
"""Recent orders among which those are looked for that a price can be protected for."""

LISTED = 3

ASK = "请把订单号发给我，我帮您申请价保。在小程序“我的订单”里可以复制，像 HY20261101001 这样。"
LIST = "给哪一单申请价保？把订单号发给我就行。\n{lines}"
NONE_OF_THEM = "您最近的订单里没有能申请价保的。要给别的订单申请，把订单号发给我就行。"

APPLIED = "订单 {number} 的价保申请已经记下了，同事核价后告诉您能不能退、退多少。退的话，差价原路退回～"
UNPAID = "订单 {number} 还没付款，不用申请价保。嫌价格不合适，可以不付款，按现在的价重新下单～"
OVER = "订单 {number}：{status}，不能再申请价保了。有疑问回复“转人工”，请同事帮您看～"

PROTECTED = (OrderStatus.PAID, OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.DELIVERED)


def router(orders: Orders) -> Router:
    """Asks the mall to compare prices; promises no money. What comes back goes to who paid, so anybody may ask."""
    routes = Router()

    @routes.intent(INTENT)
    async def price_protection(turn: Turn) -> Outcome:
        looked = await look_up(turn, orders, intent=INTENT, ask=ASK, most=LOOKED_THROUGH)
        match looked:
            case Missing(outcome=outcome):
                return outcome
            case Named(order=order):
                return _applied(turn, order)
            case Own(orders=theirs):
                return _of_their_own(turn, theirs)
            case _:
                assert_never(looked)

    return routes


def _of_their_own(turn: Turn, theirs: tuple[Order, ...]) -> Outcome:
    paid = tuple(order for order in theirs if order.status in PROTECTED)
    if len(paid) == 1:
        return _applied(turn, paid[0])
    lines = "\n".join(line_of(order) for order in paid[:LISTED])
    text = LIST.format(lines=lines) if paid else NONE_OF_THEM
    return say(text, context=settled(turn.conversation.context, awaiting=INTENT))


def _applied(turn: Turn, order: Order) -> Outcome:
    context = settled(turn.conversation.context)
    details = {"status": order.status.value}
    if order.status not in PROTECTED:
        text = UNPAID if order.status is OrderStatus.UNPAID else OVER
        refused = Fact(name="price_protection.refused", details=details)
        said = text.format(number=order.number, status=STATUS[order.status])
        return say(said, context=context, facts=(refused,))
    return Outcome(
        says=(Say(reply=TextReply(text=APPLIED.format(number=order.number))),),
        context=context,
        facts=(Fact(name="price_protection.applied", details=details),),
        errands=(Errand(kind=ErrandKind.PRICE_PROTECTION, order_no=order.number),),
    )
