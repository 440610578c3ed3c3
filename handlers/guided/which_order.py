"""Whether the thing wished for can be done to an order, and what else can be done where it cannot. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.guided.forms import Form
from handlers.order_texts import SHORT_STATUS, goods
from mall.port import Order, OrderStatus

SHOWN = 3
"""Orders offered at once."""

RETURN_DAYS = 7
"""七天无理由退货: 消费者权益保护法第二十五条 counts from the day the goods were received."""

EXCHANGE_DAYS = 15
"""What the example shop grants; the mall's own rules decide in the end."""

LONGEST_LINE = 40
"""Characters of a choice: platforms take 128 bytes."""

_BEFORE_SHIPPING = frozenset({OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.PACKED})
_RECEIVED = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED})
_IN_REFUND = frozenset({OrderStatus.REFUNDING, OrderStatus.REFUNDED})
_PAID = frozenset({OrderStatus.PAID, OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.DELIVERED})

_SUITABLE = {
    "return_form": _RECEIVED,
    "exchange_form": _RECEIVED,
    "address_form": _BEFORE_SHIPPING,
    "cancel_form": _BEFORE_SHIPPING - {OrderStatus.PACKED},
    "invoice_form": _PAID,
    "trouble_form": _RECEIVED,
}
"""By form; a form that is not here can be about any order."""

_DAYS = {"return_form": RETURN_DAYS, "exchange_form": EXCHANGE_DAYS}

NOT_YET_SENT = "订单 {number} 还没发货，不用{title}，直接取消就行。要取消的话，回复“取消订单”～"
NOT_YET_PAID = "订单 {number} 还没付款，不用{title}。不想要的话不付就行，30 分钟后会自动取消～"
PACKED_NOT_SENT = (
    "订单 {number} 已经打包、还没寄出，这会儿没法{title}。回复“转人工”，请同事看看能不能拦下来～"
)
ALREADY_SENT = "订单 {number} 已经在路上了，没法{title}了。收到后不合适可以退货；着急的话回复“转人工”～"
ARRIVED = "订单 {number} 已经签收，没法{title}了。不合适的话可以退货，回复“退货”就行～"
PACKED = "订单 {number} 已经打包，没法直接取消了。回复“转人工”，请同事看看能不能拦下来～"
NOT_PAID = "订单 {number} 还没付款，付款之后才能{title}～"
NOTHING_SENT = "订单 {number} 还没寄出，要改主意的话可以回复“取消订单”；别的问题回复“转人工”～"
TOO_LATE = {
    "return_form": "订单 {number} 过了 7 天无理由的时间。如果是质量问题，回复“转人工”，请同事帮您看～",
    "exchange_form": "订单 {number} 签收超过 15 天，不能直接换了。如果是质量问题，回复“转人工”，请同事帮您看～",
}
IN_REFUND = "订单 {number} 正在退款，不用再{title}了。进度问我“退款到哪了”就行～"
OVER = "订单 {number} 现在是“{status}”，没法{title}了。要帮忙的话回复“转人工”～"


def suitable(form: Form, orders: Sequence[Order], now: datetime) -> list[Order]:
    """Those of a customer's orders that the form can be about, at most three."""
    return [order for order in orders if why_not(form, order, now) is None][:SHOWN]


def why_not(form: Form, order: Order, now: datetime) -> str | None:
    """What is said when the form cannot be about this order; None when it can."""
    allowed = _SUITABLE.get(form.name)
    if allowed is None:
        return None
    if order.status in allowed:
        days = _DAYS.get(form.name)
        late = days is not None and _received_long_ago(order, now, days)
        return TOO_LATE[form.name].format(number=order.number) if late else None
    return _reason(form, order).format(
        number=order.number, title=form.title, status=SHORT_STATUS[order.status]
    )


def none_fits(form: Form, theirs: Sequence[Order], now: datetime) -> str | None:
    """What is said when the form can be about none of a customer's orders: why not the latest; None without orders."""
    return why_not(form, theirs[0], now) if theirs else None


def _received_long_ago(order: Order, now: datetime, days: int) -> bool:
    delivered = order.delivered_at
    return (
        order.status is OrderStatus.DELIVERED
        and delivered is not None
        and now - delivered > timedelta(days=days)
    )


def _reason(form: Form, order: Order) -> str:
    if order.status in _IN_REFUND:
        return IN_REFUND if order.status is OrderStatus.REFUNDING else OVER
    if order.status is OrderStatus.CLOSED:
        return OVER
    if order.status in _BEFORE_SHIPPING:
        return _too_early(form, order)
    return ALREADY_SENT if order.status is OrderStatus.SHIPPED else ARRIVED


def _too_early(form: Form, order: Order) -> str:
    if form.name == "cancel_form":
        return PACKED
    if form.name == "invoice_form":
        return NOT_PAID
    if form.name == "trouble_form":
        return NOTHING_SENT
    return NOT_YET_PAID if order.status is OrderStatus.UNPAID else _NOT_SENT[order.status]


_NOT_SENT = {OrderStatus.PAID: NOT_YET_SENT, OrderStatus.PACKED: PACKED_NOT_SENT}


def line(order: Order) -> str:
    """An order as something to tap."""
    text = f"{order.number} {goods(order, most=1)}"
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"
