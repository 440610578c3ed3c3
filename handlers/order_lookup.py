"""Which order a customer means: the one they name, or one of their own; and what is said when there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone

from conversations.address import ConversationId
from conversations.errors import Permanent, Transient
from conversations.facts import Fact
from conversations.outcomes import Outcome, say
from handlers.turn import Turn, settled
from intents.understanding import ORDER_NO, PHONE
from mall.port import Order, Orders

PRODUCT = "product"
"""Entity: goods as the customer calls them."""

ORDERED_ON = "ordered_on"
"""Entity: the day on which something was bought, in China, ISO."""

_CHINA = timezone(timedelta(hours=8))

NO_PHONE = "用手机号查不到订单，这也是为了您的隐私。请把订单号发给我，像 HY20261101001 这样。"
UNKNOWN = "没有查到订单 {number}。请核对一下，在小程序“我的订单”里复制最准；再发一次给我，我马上查。"
AWAY = "订单 {number} 暂时查不了：订单系统这会儿没有回应。请过几分钟再发一次，着急的话回复“转人工”。"
AWAY_NO_NUMBER = "订单系统这会儿没有回应，暂时查不了。请过几分钟再问我一次，着急的话回复“转人工”。"
NOT_CONNECTED = (
    "我这边还没接上订单系统，查不到订单进度。请在小程序“我的订单”里看，或回复“转人工”，请同事帮您查。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The order whose number was told. ``owned``: the mall knows it to be the customer's own."""

    order: Order
    owned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """No number was told: the customer's own orders, the latest first, at least one."""

    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """There is no order to speak of, and this is what is said."""

    outcome: Outcome


Looked = Named | Own | Missing


async def look_up(turn: Turn, orders: Orders, *, intent: str, ask: str, most: int) -> Looked:
    """The order named in the message, or at most ``most`` of the customer's own.

    Where goods or the day of buying are told, those of the orders that fit. ``ask`` asks for the number, and
    ``intent`` is the handler that waits for it. Raises nothing: a mall that is away, or none, is something to say.
    """
    number = turn.understanding.entities.get(ORDER_NO)
    try:
        if number is not None:
            return await _named(turn, orders, number, intent)
        theirs = await orders.recent(customer_of(turn), most)
    except Transient:
        text = AWAY_NO_NUMBER if number is None else AWAY.format(number=number)
        return Missing(outcome=_waiting(turn, intent, text, Fact(name="mall.away")))
    except Permanent:
        context = settled(turn.conversation.context)
        return Missing(outcome=say(NOT_CONNECTED, context=context, facts=(Fact(name="mall.not_connected"),)))
    if not theirs:
        return Missing(
            outcome=_waiting(turn, intent, NO_PHONE if PHONE in turn.understanding.entities else ask)
        )
    return Own(orders=_fitting(theirs, turn.understanding.entities))


def customer_of(turn: Turn) -> ConversationId:
    """Who asks, as the mall knows them: until customers are known across channels, their conversation."""
    return turn.conversation.address.conversation_id


async def _named(turn: Turn, orders: Orders, number: str, intent: str) -> Looked:
    order = await orders.find(number)
    if order is None:
        unknown = Fact(name="order.unknown")
        return Missing(outcome=_waiting(turn, intent, UNKNOWN.format(number=number), unknown))
    return Named(order=order, owned=order.owner_ref == customer_of(turn))


def _fitting(orders: Sequence[Order], entities: Mapping[str, str]) -> tuple[Order, ...]:
    """The orders that hold the goods and were placed on the day, as far as these are told and any order fits."""
    product, day = entities.get(PRODUCT), entities.get(ORDERED_ON)
    fitting = tuple(orders)
    if product is not None:
        holding = (each for each in fitting if any(product in item.name for item in each.items))
        fitting = _unless_none(holding, fitting)
    if day is not None:
        placed = (each for each in fitting if each.placed_at.astimezone(_CHINA).date().isoformat() == day)
        fitting = _unless_none(placed, fitting)
    return fitting


def _unless_none(fewer: Iterable[Order], orders: tuple[Order, ...]) -> tuple[Order, ...]:
    return tuple(fewer) or orders


def _waiting(turn: Turn, intent: str, text: str, *facts: Fact) -> Outcome:
    return say(text, context=settled(turn.conversation.context, awaiting=intent), facts=facts)
