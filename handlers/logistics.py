"""A customer asks where a parcel is: who carries it, under which number, since when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from conversations.facts import Fact
from conversations.outcomes import Outcome, say
from handlers.order_lookup import Missing, Named, Own, look_up
from handlers.order_texts import STATUS, line_of, moment, told_to_anybody
from handlers.router import Router
from handlers.turn import Turn, settled
from mall.port import Order, Orders, OrderStatus

INTENT = "logistics"
LOOKED_THROUGH = 10
"""Recent orders among which parcels on their way are looked for."""

LISTED = 3

ASK = "请把订单号发给我，我帮您查快递。在小程序“我的订单”里可以复制，像 HY20261101001 这样。"
LIST = "您在路上的包裹：\n{lines}\n想看哪一单，把订单号发给我就行。"
NONE_ON_THE_WAY = "您现在没有在路上的包裹，最近的订单：\n{lines}\n要查别的订单，把订单号发给我就行。"

TRACK = "走到哪一站了，在小程序“我的订单”里点“查看物流”就能看到。"
NOT_SHIPPED = "订单 {number}：{status}。发货以后才有物流，急的话回复“催发货”，我帮您催～"
NOTHING_COMES = "订单 {number}：{status}，没有在路上的包裹。"
ON_THE_WAY = "订单 {number}：{sent} 发出，在路上{lasting}了。"
ARRIVED = "订单 {number}：{when}已签收。"
NO_CARRIER = "快递信息还没更新，请过几小时再看。"
NOT_FOUND_AT_HOME = "没找到包裹的话，先看看驿站和门口，还是没有就回复“转人工”。"

_NOT_YET = (OrderStatus.PAID, OrderStatus.PACKED)


def router(orders: Orders) -> Router:
    """Looks up the number in the message; without one, the customer's own parcels that are on their way."""
    routes = Router()

    @routes.intent(INTENT)
    async def logistics(turn: Turn) -> Outcome:
        looked = await look_up(turn, orders, intent=INTENT, ask=ASK, most=LOOKED_THROUGH)
        match looked:
            case Missing(outcome=outcome):
                return outcome
            case Named(order=order, owned=owned):
                return _told(turn, order, owned=owned)
            case Own(orders=theirs):
                return _of_their_own(turn, theirs)
            case _:
                assert_never(looked)

    return routes


def parcel_text(order: Order, now: datetime) -> str:
    """What the owner of an order hears of its parcel, whatever became of it."""
    if order.status in _NOT_YET:
        return NOT_SHIPPED.format(number=order.number, status=STATUS[order.status])
    if order.status not in (OrderStatus.SHIPPED, OrderStatus.DELIVERED):
        return NOTHING_COMES.format(number=order.number, status=STATUS[order.status])
    arrived = order.status is OrderStatus.DELIVERED
    carrier = (
        NO_CARRIER if order.carrier is None else f"快递：{order.carrier} {order.tracking_no or ''}".rstrip()
    )
    first = _arrived(order) if arrived else _on_the_way(order, now)
    return "\n".join((first, carrier, NOT_FOUND_AT_HOME if arrived else TRACK))


def lasting(time: timedelta) -> str:
    """For how long, roughly: whole days from one day on, whole hours before."""
    hours = int(time.total_seconds() // 3600)
    if hours < 1:
        return "不到 1 小时"
    return f" {hours} 小时" if hours < 24 else f" {hours // 24} 天"


def _on_the_way(order: Order, now: datetime) -> str:
    if order.shipped_at is None:
        return f"订单 {order.number}：{STATUS[order.status]}。"
    sent = moment(order.shipped_at)
    return ON_THE_WAY.format(number=order.number, sent=sent, lasting=lasting(now - order.shipped_at))


def _arrived(order: Order) -> str:
    when = "" if order.delivered_at is None else f"{moment(order.delivered_at)} "
    return ARRIVED.format(number=order.number, when=when)


def _told(turn: Turn, order: Order, *, owned: bool) -> Outcome:
    fact = Fact(name="logistics.told", details={"status": order.status.value, "owner": owned})
    text = parcel_text(order, turn.now) if owned else told_to_anybody(order)
    return say(text, context=settled(turn.conversation.context), facts=(fact,))


def _of_their_own(turn: Turn, theirs: tuple[Order, ...]) -> Outcome:
    """The one parcel on its way at once; of several, or of none, a list."""
    coming = tuple(order for order in theirs if order.status is OrderStatus.SHIPPED)
    if len(coming) == 1 or len(theirs) == 1:
        return _told(turn, (coming or theirs)[0], owned=True)
    text = LIST if coming else NONE_ON_THE_WAY
    lines = "\n".join(line_of(order) for order in (coming or theirs)[:LISTED])
    return say(text.format(lines=lines), context=settled(turn.conversation.context, awaiting=INTENT))
