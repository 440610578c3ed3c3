"""What the demo mall allows, and what it tells the customer of it. Pure; the rules are those of the example shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from conversations.errands import Errand, ErrandKind
from mall.port import Order, OrderStatus, Receipt, Reward

RETURN_DAYS = 7
"""Counted from the day after the goods were received."""
EXCHANGE_DAYS = 15
INVOICE_DAYS = 180
PROTECTED_DAYS = 7

_CHINA = timezone(timedelta(hours=8))

NO_SUCH_ORDER = "没有查到订单 {order}，这次没有办。请核对一下订单号再告诉我～"
NOT_YOURS = "为了安全，订单 {order} 只能由下单的微信来办。请用下单的微信找我，或回复“转人工”，请同事核实～"

RETURN_DONE = (
    "退货申请通过啦～退货单号 {number}。请 7 天内把{goods}寄回，退货地址在小程序“我的订单—售后”里；"
    "仓库签收后 48 小时内验货退款，原路退回。"
)
RETURN_LATE = "订单 {order} 签收超过 7 天，没法无理由退了。如果是质量问题，回复“转人工”，拍张照片给同事看看～"
RETURN_NOT_SENT = "订单 {order} 还没发货，不用退货，直接取消就能退款。要取消的话，回复“取消订单”～"
ALREADY_REFUNDING = "订单 {order} 已经在退款了，不用再申请一次。想知道进度，问我“退款到哪了”就行～"
NOT_ANY_MORE = "订单 {order} 已经结束了，没法再办这件事。需要帮忙的话回复“转人工”～"

EXCHANGE_DONE = (
    "换货申请通过啦～换货单号 {number}，换成：{spec}。请 7 天内把{goods}寄回，"
    "地址在小程序“我的订单—售后”里；收到后 48 小时内给您发新的。"
)
EXCHANGE_LATE = "订单 {order} 签收超过 15 天，没法换了。如果是质量问题，回复“转人工”，请同事看看保修～"
EXCHANGE_NOT_SENT = "订单 {order} 还没发货，不用换货：取消重拍，或在订单详情点“修改规格”就行～"

ADDRESS_DONE = "地址改好啦～订单 {order} 会寄到新地址，登记号 {number}。"
ADDRESS_SENT = "订单 {order} 已经发出，改不了地址了。着急的话回复“转人工”，请同事试试拦截，不保证成功～"

CANCEL_UNPAID = "订单 {order} 已经取消啦，没有扣款。用掉的券会马上退回～"
CANCEL_PAID = (
    "订单 {order} 已经取消，{yuan} 元原路退回，退款单号 {number}：零钱 1 天内到账，银行卡 1–3 个工作日～"
)
CANCEL_PACKED = "订单 {order} 已经打包，没法直接取消了。回复“转人工”，请同事试试拦截；收到后也可以退货～"
CANCEL_SENT = "订单 {order} 已经发出，取消不了了。收到后不合适可以退货，回复“退货”就行～"

INVOICE_DONE = "发票申请好啦～登记号 {number}。电子发票 24 小时内开好，发到您的邮箱～"
INVOICE_LATER = "发票申请记下啦～登记号 {number}。确认收货后 24 小时内开好电子发票，发到您的邮箱～"
INVOICE_AGAIN = "订单 {order} 已经申请过发票了。抬头要改的话，30 天内可以在订单详情点“换开发票”，能换开一次～"
INVOICE_LATE = "订单 {order} 超过 180 天，系统开不了发票了。实在需要的话回复“转人工”，请同事帮您看～"
INVOICE_UNPAID = "订单 {order} 还没付款，付款之后再开发票吧～"

REDEEM_DONE = "换好啦～{reward}的券码是 {number}，下单结算时填上就能用。还剩 {left} 积分。"
REDEEM_SHORT = "您有 {points} 积分，换{reward}要 {needed} 积分，还差一点。攒够了再来，积分没有动～"
REDEEM_UNKNOWN = "现在没有“{reward}”可以换了，积分没有动。回复“积分兑换”看看还有什么～"
REDEEM_NOBODY = "这边还认不出您的会员账号，积分没有动。请先在小程序里登录，或回复“转人工”～"

URGE_DONE = "仓库收到催单啦，订单 {order} 会优先发出，发货后物流就能查到～"
URGE_SENT = "好消息，订单 {order} 刚刚已经发出，不用催啦。问我“到哪了”就能看物流～"
URGE_UNPAID = "订单 {order} 还没付款，付完款仓库就会发货～"

PRICE_DONE = "价保申请登记好啦～登记号 {number}。核对后有差额的话，24 小时内原路退给您～"
PRICE_LATE = "订单 {order} 付款超过 7 天，过了价保期，申请不了了，还请谅解～有疑问回复“转人工”。"
PRICE_UNPAID = "订单 {order} 还没付款，按现在的价格重新下单就行～"

REFUND_DONE = "退款 {yuan} 元已经办好，退款单号 {number}，原路退回：零钱 1 天内到账，银行卡 1–3 个工作日～"
REFUND_TOO_MUCH = "订单 {order} 最多还能退 {yuan} 元"
REFUND_UNPAID = "订单 {order} 没有付款，退不了"
SEND_DONE = "{goods}已经给您重新安排发货啦，单号 {number}，发出后物流就能查到～"
SEND_NOT_SENT = "订单 {order} 还没发货，不用补发"

_PREFIXES = {
    ErrandKind.REFUND: "TF",
    ErrandKind.SEND_AGAIN: "BF",
    ErrandKind.RETURN: "TH",
    ErrandKind.EXCHANGE: "HH",
    ErrandKind.CHANGE_ADDRESS: "DZ",
    ErrandKind.CANCEL: "TK",
    ErrandKind.INVOICE: "FP",
    ErrandKind.URGE: "CD",
    ErrandKind.PRICE_PROTECTION: "JB",
}
_FOR_ANYBODY = frozenset({ErrandKind.URGE, ErrandKind.PRICE_PROTECTION})
"""They tell nothing and give nobody anything but who paid."""

_ENDED = frozenset({OrderStatus.REFUNDED, OrderStatus.CLOSED})
_TO_SHIP = frozenset({OrderStatus.PAID, OrderStatus.PACKED})
_BEFORE_SHIPPING = _TO_SHIP | {OrderStatus.UNPAID}


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What the mall knows when it decides. ``points`` None: it does not know the customer.

    ``invoiced``: an invoice of the order has been asked for before. ``refunded_fen``: paid back of it so far, in parts.
    """

    order: Order | None = None
    points: int | None = None
    rewards: tuple[Reward, ...] = ()
    invoiced: bool = False
    refunded_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The receipt, and what changes with it: how the order stands from now on, and the points that are spent."""

    receipt: Receipt
    status: OrderStatus | None = None
    spent: int = 0


def reference(kind: ErrandKind, row_id: int, now: datetime, coupon: str) -> str:
    """The mall's own number for its ``row_id``-th change; a redemption is known by its coupon's code."""
    if kind is ErrandKind.REDEEM_POINTS:
        return coupon
    return f"{_PREFIXES[kind]}{now.astimezone(_CHINA):%y%m%d}{row_id:04d}"


def decide(errand: Errand, books: Books, *, customer_ref: str, number: str, now: datetime) -> Decided:
    """``number`` becomes the reference of what is accepted."""
    if errand.kind is ErrandKind.REDEEM_POINTS:
        return _redeem(errand, books, number)
    order = books.order
    if order is None:
        return _no(NO_SUCH_ORDER.format(order=errand.order_no or ""))
    if errand.kind not in _FOR_ANYBODY and order.owner_ref != customer_ref:
        return _no(NOT_YOURS.format(order=order.number))
    return _ABOUT_ORDERS[errand.kind](errand, order, books, number, now)


def _return(errand: Errand, order: Order, books: Books, number: str, now: datetime) -> Decided:
    refused = _not_received(order, RETURN_NOT_SENT)
    if refused is not None:
        return refused
    if _days_since(order.delivered_at, now) > RETURN_DAYS:
        return _no(RETURN_LATE.format(order=order.number))
    text = RETURN_DONE.format(number=number, goods=errand.details.get("product", "商品"))
    return _yes(text, number, status=OrderStatus.REFUNDING)


def _exchange(errand: Errand, order: Order, books: Books, number: str, now: datetime) -> Decided:
    refused = _not_received(order, EXCHANGE_NOT_SENT)
    if refused is not None:
        return refused
    if _days_since(order.delivered_at, now) > EXCHANGE_DAYS:
        return _no(EXCHANGE_LATE.format(order=order.number))
    told = errand.details
    text = EXCHANGE_DONE.format(
        number=number, spec=told.get("new_spec", "同款"), goods=told.get("product", "商品")
    )
    return _yes(text, number)


def _change_address(errand: Errand, order: Order, books: Books, number: str, now: datetime) -> Decided:
    if order.status in _BEFORE_SHIPPING:
        return _yes(ADDRESS_DONE.format(order=order.number, number=number), number)
    return _ended(order) or _no(ADDRESS_SENT.format(order=order.number))


def _cancel(errand: Errand, order: Order, books: Books, number: str, now: datetime) -> Decided:
    match order.status:
        case OrderStatus.UNPAID:
            return _yes(CANCEL_UNPAID.format(order=order.number), number, status=OrderStatus.CLOSED)
        case OrderStatus.PAID:
            yuan = f"{order.total_fen / 100:.2f}"
            text = CANCEL_PAID.format(order=order.number, yuan=yuan, number=number)
            return _yes(text, number, status=OrderStatus.REFUNDED)
        case OrderStatus.PACKED:
            return _no(CANCEL_PACKED.format(order=order.number))
        case _:
            return _ended(order) or _no(CANCEL_SENT.format(order=order.number))


def _invoice(errand: Errand, order: Order, books: Books, number: str, now: datetime) -> Decided:
    if order.status is OrderStatus.UNPAID:
        return _no(INVOICE_UNPAID.format(order=order.number))
    ended = _ended(order)
    if ended is not None:
        return ended
    if books.invoiced:
        return _no(INVOICE_AGAIN.format(order=order.number))
    if _days_since(order.placed_at, now) > INVOICE_DAYS:
        return _no(INVOICE_LATE.format(order=order.number))
    text = INVOICE_DONE if order.status is OrderStatus.DELIVERED else INVOICE_LATER
    return _yes(text.format(number=number), number)


def _redeem(errand: Errand, books: Books, number: str) -> Decided:
    name = errand.details.get("reward", "")
    if books.points is None:
        return _no(REDEEM_NOBODY)
    reward = next((each for each in books.rewards if each.name == name), None)
    if reward is None:
        return _no(REDEEM_UNKNOWN.format(reward=name))
    if books.points < reward.points:
        return _no(REDEEM_SHORT.format(points=books.points, reward=name, needed=reward.points))
    text = REDEEM_DONE.format(reward=name, number=number, left=books.points - reward.points)
    return _yes(text, number, spent=reward.points)


def _refund(errand: Errand, order: Order, books: Books, number: str, now: datetime) -> Decided:
    """A part, or all that is left; then the order is refunded."""
    if order.status is OrderStatus.UNPAID:
        return _no(REFUND_UNPAID.format(order=order.number))
    if order.status in _ENDED:
        return _no(NOT_ANY_MORE.format(order=order.number))
    told = errand.details.get("fen", "")
    fen, left = int(told) if told.isdecimal() else 0, order.total_fen - books.refunded_fen
    if not 0 < fen <= left:
        return _no(REFUND_TOO_MUCH.format(order=order.number, yuan=f"{left / 100:.2f}"))
    text = REFUND_DONE.format(yuan=f"{fen / 100:.2f}", number=number)
    return _yes(text, number, status=OrderStatus.REFUNDED if fen == left else None)


def _send_again(errand: Errand, order: Order, books: Books, number: str, now: datetime) -> Decided:
    if order.status in _BEFORE_SHIPPING:
        return _no(SEND_NOT_SENT.format(order=order.number))
    if order.status in _ENDED:
        return _no(NOT_ANY_MORE.format(order=order.number))
    return _yes(SEND_DONE.format(goods=errand.details.get("product", "商品"), number=number), number)


def _urge(errand: Errand, order: Order, books: Books, number: str, now: datetime) -> Decided:
    if order.status in _TO_SHIP:
        return _yes(URGE_DONE.format(order=order.number), number)
    if order.status is OrderStatus.UNPAID:
        return _no(URGE_UNPAID.format(order=order.number))
    return _ended(order) or _no(URGE_SENT.format(order=order.number))


def _protect_price(errand: Errand, order: Order, books: Books, number: str, now: datetime) -> Decided:
    if order.status is OrderStatus.UNPAID:
        return _no(PRICE_UNPAID.format(order=order.number))
    ended = _ended(order)
    if ended is not None:
        return ended
    if now - order.placed_at > timedelta(days=PROTECTED_DAYS):
        return _no(PRICE_LATE.format(order=order.number))
    return _yes(PRICE_DONE.format(number=number), number)


_Rule = Callable[[Errand, Order, Books, str, datetime], Decided]
_ABOUT_ORDERS: Mapping[ErrandKind, _Rule] = {
    ErrandKind.RETURN: _return,
    ErrandKind.EXCHANGE: _exchange,
    ErrandKind.CHANGE_ADDRESS: _change_address,
    ErrandKind.CANCEL: _cancel,
    ErrandKind.INVOICE: _invoice,
    ErrandKind.URGE: _urge,
    ErrandKind.PRICE_PROTECTION: _protect_price,
    ErrandKind.REFUND: _refund,
    ErrandKind.SEND_AGAIN: _send_again,
}


def _not_received(order: Order, too_early: str) -> Decided | None:
    if order.status in _BEFORE_SHIPPING:
        return _no(too_early.format(order=order.number))
    return _ended(order)


def _ended(order: Order) -> Decided | None:
    """Declined because the order is over, or about to be; None for any other."""
    if order.status is OrderStatus.REFUNDING:
        return _no(ALREADY_REFUNDING.format(order=order.number))
    return _no(NOT_ANY_MORE.format(order=order.number)) if order.status in _ENDED else None


def _days_since(moment: datetime | None, now: datetime) -> int:
    """Whole days by the calendar of China, 0 on the day itself; 0 for what has not happened."""
    return 0 if moment is None else (now.astimezone(_CHINA).date() - moment.astimezone(_CHINA).date()).days


def _no(text: str) -> Decided:
    return Decided(receipt=Receipt(accepted=False, text=text))


def _yes(text: str, number: str, *, status: OrderStatus | None = None, spent: int = 0) -> Decided:
    return Decided(receipt=Receipt(accepted=True, text=text, reference=number), status=status, spent=spent)
