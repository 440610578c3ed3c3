"""A customer asks where an order is."""

from __future__ import annotations

from conversations.address import ConversationId
from conversations.errors import Permanent, Transient
from conversations.facts import Fact
from conversations.outcomes import Outcome, say
from handlers.order_texts import line_of, told_to_anybody, told_to_owner
from handlers.router import Router
from handlers.turn import Turn, settled
from intents.understanding import ORDER_NO, PHONE
from mall.port import Order, Orders

INTENT = "order_status"
LISTED = 3

ASK = "请把订单号发给我，我帮您查。在小程序“我的订单”里可以复制，像 HY20261101001 这样。"
NO_PHONE = "用手机号查不到订单，这也是为了您的隐私。请把订单号发给我，像 HY20261101001 这样。"
LIST = "您最近的订单：\n{lines}\n想看哪一单，把订单号发给我就行。"
UNKNOWN = "没有查到订单 {number}。请核对一下，在小程序“我的订单”里复制最准；再发一次给我，我马上查。"
AWAY = "订单 {number} 暂时查不了：订单系统这会儿没有回应。请过几分钟再发一次，着急的话回复“转人工”。"
AWAY_NO_NUMBER = "订单系统这会儿没有回应，暂时查不了。请过几分钟再问我一次，着急的话回复“转人工”。"
NOT_CONNECTED = (
    "我这边还没接上订单系统，查不到订单进度。请在小程序“我的订单”里看，或回复“转人工”，请同事帮您查。"
)


def router(orders: Orders) -> Router:
    """Looks up the number in the message; without one lists the customer's own orders, or asks for a number."""
    routes = Router()

    @routes.intent(INTENT)
    async def order_status(turn: Turn) -> Outcome:
        number = turn.understanding.entities.get(ORDER_NO)
        try:
            return await (_recent(turn, orders) if number is None else _one(turn, orders, number))
        except Permanent:
            return say(
                NOT_CONNECTED,
                context=settled(turn.conversation.context),
                facts=(Fact(name="mall.not_connected"),),
            )

    return routes


async def _one(turn: Turn, orders: Orders, number: str) -> Outcome:
    try:
        order = await orders.find(number)
    except Transient:
        return _mall_away(turn, AWAY.format(number=number))
    context = turn.conversation.context
    if order is None:
        unknown = Fact(name="order.unknown")
        return say(UNKNOWN.format(number=number), context=settled(context, awaiting=INTENT), facts=(unknown,))
    told = Fact(name="order.told", details={"status": order.status.value, "owner": _owns(turn, order)})
    text = told_to_owner(order) if _owns(turn, order) else told_to_anybody(order)
    return say(text, context=settled(context), facts=(told,))


async def _recent(turn: Turn, orders: Orders) -> Outcome:
    try:
        theirs = await orders.recent(_customer(turn), LISTED)
    except Transient:
        return _mall_away(turn, AWAY_NO_NUMBER)
    context = settled(turn.conversation.context, awaiting=INTENT)
    if not theirs:
        return say(NO_PHONE if PHONE in turn.understanding.entities else ASK, context=context)
    if len(theirs) == 1:
        return say(told_to_owner(theirs[0]), context=settled(turn.conversation.context))
    return say(LIST.format(lines="\n".join(line_of(order) for order in theirs)), context=context)


def _mall_away(turn: Turn, text: str) -> Outcome:
    context = settled(turn.conversation.context, awaiting=INTENT)
    return say(text, context=context, facts=(Fact(name="mall.away"),))


def _owns(turn: Turn, order: Order) -> bool:
    return order.owner_ref == _customer(turn)


def _customer(turn: Turn) -> ConversationId:
    """Who asks, as the mall knows them: until customers are known across channels, their conversation."""
    return turn.conversation.address.conversation_id
