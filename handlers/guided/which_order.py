"""Which order a customer means in a guided conversation, and whether the thing wished for can be done to it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations.errands import ErrandKind
from handlers.choice import chosen_index
from handlers.guided.forms import Form
from handlers.order_texts import SHORT_STATUS, goods
from intents.wording import normalise, words_only
from mall.port import Order, OrderStatus

SHOWN = 3
"""Orders offered at once."""

RETURN_DAYS = 7
"""七天无理由退货: 消费者权益保护法第二十五条 counts from the day the goods were received."""

_BEFORE_SHIPPING = frozenset({OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.PACKED})
_RECEIVED = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED})
_PAID = frozenset({OrderStatus.PAID, OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.DELIVERED})

_SUITABLE = {
    ErrandKind.RETURN: _RECEIVED,
    ErrandKind.EXCHANGE: _RECEIVED,
    ErrandKind.CHANGE_ADDRESS: _BEFORE_SHIPPING,
    ErrandKind.CANCEL: _BEFORE_SHIPPING - {OrderStatus.PACKED},
    ErrandKind.INVOICE: _PAID,
}

NOT_YET_SENT = "订单 {number} 还没发货，不用{title}，直接取消就行。要取消的话，回复“取消订单”～"
ALREADY_SENT = "订单 {number} 已经在路上了，这会儿没法{title}。收到后不合适可以退货；着急的话回复“转人工”。"
PACKED = "订单 {number} 已经打包，没法直接取消了。回复“转人工”，请同事看看能不能拦下来～"
NOT_PAID = "订单 {number} 还没付款，付款之后才能{title}～"
TOO_LATE = "订单 {number} 过了 7 天无理由的时间。如果是质量问题，回复“转人工”，请同事帮您看～"
OVER = "订单 {number} 现在是“{status}”，没法{title}了。要帮忙的话回复“转人工”～"

_LATEST = re.compile("最近|最新|刚(才|刚)?(下|买|拍)|上一?(个|单|次)|最后")
_YES = re.compile("^(对|是|嗯|好|可以|就?是?这[个一]?单?|没错|行|要的?)+的?[呀啊哦吧]*$")


def suitable(form: Form, orders: Sequence[Order], now: datetime) -> list[Order]:
    """Those of a customer's orders that the form can be about, at most three."""
    return [order for order in orders if why_not(form, order, now) is None][:SHOWN]


def why_not(form: Form, order: Order, now: datetime) -> str | None:
    """What is said when the form cannot be about this order; None when it can."""
    allowed = _SUITABLE.get(form.errand) if form.errand is not None else None
    if allowed is None:
        return None
    if order.status in allowed:
        late = form.errand is ErrandKind.RETURN and _received_long_ago(order, now)
        return TOO_LATE.format(number=order.number) if late else None
    return _reason(form, order).format(
        number=order.number, title=form.title, status=SHORT_STATUS[order.status]
    )


def _received_long_ago(order: Order, now: datetime) -> bool:
    delivered = order.delivered_at
    return (
        order.status is OrderStatus.DELIVERED
        and delivered is not None
        and now - delivered > timedelta(days=RETURN_DAYS)
    )


def _reason(form: Form, order: Order) -> str:
    if form.errand in (ErrandKind.RETURN, ErrandKind.EXCHANGE) and order.status in _BEFORE_SHIPPING:
        return NOT_YET_SENT
    if order.status is OrderStatus.UNPAID:
        return NOT_PAID
    if form.errand is ErrandKind.CANCEL and order.status is OrderStatus.PACKED:
        return PACKED
    if order.status is OrderStatus.SHIPPED:
        return ALREADY_SENT
    return OVER


def line(order: Order) -> str:
    """An order as something to tap."""
    return f"{order.number} {goods(order, most=1)}"


def meant(text: str, offered: Sequence[Order]) -> Order | None:
    """The one of the orders offered that a text means: by place, by its goods, 最近那单, or a yes to the only one."""
    index = chosen_index(text, None, [order.number for order in offered])
    if index is not None:
        return offered[index] if 0 <= index < len(offered) else None
    words = words_only(normalise(text))
    if offered and (_LATEST.search(words) or (len(offered) == 1 and _YES.match(words))):
        return offered[0]
    named = [order for order in offered if _names(words, order)]
    return named[0] if len(named) == 1 else None


def _names(words: str, order: Order) -> bool:
    return any(_alike(words, words_only(normalise(item.name))) for item in order.items)


def _alike(words: str, name: str) -> bool:
    """Whether the name, or two of its characters in a row, stand in the words (大米 for 五常大米 10斤)."""
    pairs = {name[at : at + 2] for at in range(len(name) - 1) if not name[at : at + 2].isascii()}
    return name in words or any(pair in words for pair in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """The goods of an order to choose from. ``only`` is the name where there is nothing to choose."""

    names: tuple[str, ...]

    @property
    def only(self) -> str | None:
        return self.names[0] if len(self.names) == 1 else None

    def meant(self, text: str) -> str | None:
        """The one that a text means: by place, by name, or 都/全部 for all of them."""
        words = words_only(normalise(text))
        if re.search("^(我?要?)?(全部|都|整单|所有|全)", words):
            return "、".join(self.names)
        index = chosen_index(text, None, self.names)
        if index is not None:
            return self.names[index] if 0 <= index < len(self.names) else None
        named = [name for name in self.names if _alike(words, words_only(normalise(name)))]
        return "、".join(named) if named else None


def goods_of(order: Order) -> Goods:
    return Goods(names=tuple(item.name for item in order.items))
