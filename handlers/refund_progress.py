"""A customer asks where their money is."""

from __future__ import annotations

from typing import assert_never

from conversations.facts import Fact
from conversations.outcomes import Outcome, say
from handlers.order_lookup import Missing, Named, Own, look_up
from handlers.order_texts import STATUS
from handlers.router import Router
from handlers.turn import Turn, settled
from mall.port import Order, Orders, OrderStatus

INTENT = "refund_progress"
LOOKED_THROUGH = 20
"""Recent orders among which refunds are looked for: one may be weeks old."""

LISTED = 3

ASK = "请把订单号发给我，我帮您查退款。在小程序“我的订单”里可以复制，像 HY20261101001 这样。"
UNDER_WAY = "订单 {number} 的退款正在处理。审核通过后钱会原路退回，一般 1–7 天到账。"
DONE = (
    "订单 {number} 的退款已经办好，钱原路退回，一般 1–7 天到账，要看付款方式。"
    "过了 7 天还没到，回复“转人工”，请同事帮您查。"
)
NO_REFUND = "订单 {number} 现在没有退款在办：{status}。"
CAN_CANCEL = "不想要了就告诉我“取消订单”，我带您办～"
CAN_RETURN = "想退的话告诉我“我要退货”，我带您办～"
NO_REFUND_FOUND = "您最近的订单里没有在办的退款。要查哪一单，把订单号发给我就行。"

REFUNDS = (OrderStatus.REFUNDING, OrderStatus.REFUNDED)

_WAY_TO_A_REFUND = {
    OrderStatus.PAID: CAN_CANCEL,
    OrderStatus.PACKED: CAN_CANCEL,
    OrderStatus.SHIPPED: CAN_RETURN,
    OrderStatus.DELIVERED: CAN_RETURN,
}


def router(orders: Orders) -> Router:
    """Looks up the number in the message; without one, the customer's own orders with a refund."""
    routes = Router()

    @routes.intent(INTENT)
    async def refund_progress(turn: Turn) -> Outcome:
        looked = await look_up(turn, orders, intent=INTENT, ask=ASK, most=LOOKED_THROUGH)
        match looked:
            case Missing(outcome=outcome):
                return outcome
            case Named(order=order):
                return _told(turn, (order,))
            case Own(orders=theirs):
                refunds = tuple(order for order in theirs if order.status in REFUNDS)
                return _told(turn, refunds[:LISTED]) if refunds else _nothing_found(turn)
            case _:
                assert_never(looked)

    return routes


def refund_text(order: Order) -> str:
    """How an order's refund stands. Says nothing that only its owner may know: no goods, no amount."""
    match order.status:
        case OrderStatus.REFUNDING:
            return UNDER_WAY.format(number=order.number)
        case OrderStatus.REFUNDED:
            return DONE.format(number=order.number)
        case status:
            none = NO_REFUND.format(number=order.number, status=STATUS[status])
            return none + _WAY_TO_A_REFUND.get(status, "")


def _told(turn: Turn, orders: tuple[Order, ...]) -> Outcome:
    facts = tuple(Fact(name="refund.told", details={"status": order.status.value}) for order in orders)
    text = "\n".join(refund_text(order) for order in orders)
    return say(text, context=settled(turn.conversation.context), facts=facts)


def _nothing_found(turn: Turn) -> Outcome:
    context = settled(turn.conversation.context, awaiting=INTENT)
    return say(NO_REFUND_FOUND, context=context, facts=(Fact(name="refund.none_found"),))
