"""A customer wants their order sent, or brought, sooner."""

from __future__ import annotations

from typing import assert_never

from conversations.errands import Errand, ErrandKind
from conversations.facts import Fact
from conversations.outcomes import Outcome, Say
from conversations.replies import TextReply
from handlers.logistics import parcel_text
from handlers.order_lookup import Missing, Named, Own, look_up
from handlers.order_texts import STATUS, line_of, told_to_anybody
from handlers.router import Router
from handlers.turn import Turn, settled
from mall.port import Order, Orders, OrderStatus

INTENT = "urge_delivery"
LOOKED_THROUGH = 10
"""Recent orders among which those are looked for that can be urged."""

LISTED = 3

ASK = "请把订单号发给我，我帮您催。在小程序“我的订单”里可以复制，像 HY20261101001 这样。"
LIST = "您有几单还没收到，催哪一单？把订单号发给我就行。\n{lines}"
NOTHING_TO_URGE = "您最近的订单里没有等着发货的。要催别的订单，把订单号发给我就行。"

URGED = "订单 {number} {status}，已经帮您催了仓库，会尽快发出～发货后物流就能查到。"
BY_COURIER = "货已经在快递手里，派送要找快递催。急的话回复“转人工”，请同事帮您联系快递～"
CANNOT = "订单 {number}：{status}，没有要发的货了。有疑问回复“转人工”，请同事帮您看～"
UNPAID = "订单 {number}：{status}。付好款仓库才会发，付完我随时帮您催～"

NOT_SHIPPED = (OrderStatus.PAID, OrderStatus.PACKED)
_STILL_TO_COME = (*NOT_SHIPPED, OrderStatus.SHIPPED)


def router(orders: Orders) -> Router:
    """Urges the warehouse about what is not shipped, and says where the rest is.

    Anybody may urge: it tells nothing and changes nothing but the order in which things are sent.
    """
    routes = Router()

    @routes.intent(INTENT)
    async def urge_delivery(turn: Turn) -> Outcome:
        looked = await look_up(turn, orders, intent=INTENT, ask=ASK, most=LOOKED_THROUGH)
        match looked:
            case Missing(outcome=outcome):
                return outcome
            case Named(order=order, owned=owned):
                return _urged(turn, order, owned=owned)
            case Own(orders=theirs):
                return _of_their_own(turn, theirs)
            case _:
                assert_never(looked)

    return routes


def _of_their_own(turn: Turn, theirs: tuple[Order, ...]) -> Outcome:
    """The one order still to be shipped, or else the one still to come, without asking."""
    waiting = tuple(order for order in theirs if order.status in NOT_SHIPPED)
    coming = waiting or tuple(order for order in theirs if order.status in _STILL_TO_COME)
    if len(coming) == 1:
        return _urged(turn, coming[0], owned=True)
    if len(theirs) == 1:
        return _urged(turn, theirs[0], owned=True)
    lines = "\n".join(line_of(order) for order in coming[:LISTED])
    return _said(turn, LIST.format(lines=lines) if coming else NOTHING_TO_URGE, awaiting=INTENT)


def _urged(turn: Turn, order: Order, *, owned: bool) -> Outcome:
    fact = Fact(name="delivery.urged", details={"status": order.status.value, "owner": owned})
    number, status = order.number, STATUS[order.status]
    match order.status:
        case OrderStatus.PAID | OrderStatus.PACKED:
            errand = Errand(kind=ErrandKind.URGE, order_no=number)
            return _said(turn, URGED.format(number=number, status=_SHORTLY[order.status]), fact, errand)
        case OrderStatus.SHIPPED:
            where = parcel_text(order, turn.now) if owned else told_to_anybody(order)
            return _said(turn, f"{where}\n{BY_COURIER}", fact)
        case OrderStatus.DELIVERED:
            return _said(turn, parcel_text(order, turn.now) if owned else told_to_anybody(order), fact)
        case OrderStatus.UNPAID:
            return _said(turn, UNPAID.format(number=number, status=status), fact)
        case _:
            return _said(turn, CANNOT.format(number=number, status=status), fact)


_SHORTLY = {OrderStatus.PAID: "还没出库", OrderStatus.PACKED: "已经打包，等快递来取"}


def _said(
    turn: Turn,
    text: str,
    fact: Fact | None = None,
    errand: Errand | None = None,
    *,
    awaiting: str | None = None,
) -> Outcome:
    return Outcome(
        says=(Say(reply=TextReply(text=text)),),
        context=settled(turn.conversation.context, awaiting=awaiting),
        facts=(fact,) if fact else (),
        errands=(errand,) if errand else (),
    )
