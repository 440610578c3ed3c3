"""The questions of guided conversations, with what can be tapped below them."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.errors import Permanent, Transient
from conversations.guidance import Guidance
from handlers.guided import wording
from handlers.guided.forms import CONFIRMED, Form
from handlers.guided.heard import Who
from handlers.guided.which_order import goods_of, line, suitable
from handlers.order_texts import goods
from mall.port import Order, Orders, Points

RECENT = 10
"""Orders looked through for some that fit."""


class Asking:
    def __init__(self, orders: Orders, points: Points) -> None:
        self._orders = orders
        self._points = points

    async def ask(self, form: Form, slot: str, collected: Mapping[str, str], who: Who) -> Guidance:
        text, choices = await self._question(form, slot, collected, who)
        return Guidance(says=(text,), choices=choices, asked=slot, collected=dict(collected))

    async def _question(
        self, form: Form, slot: str, collected: Mapping[str, str], who: Who
    ) -> tuple[str, tuple[str, ...]]:
        match slot:
            case "order_no":
                return await self._which_order(form, who)
            case "product":
                return await self._which_goods(form, collected)
            case "reward":
                return await self._which_reward(who)
            case "confirmed":
                return await self._summary(form, collected), (wording.YES, wording.CHANGE, wording.NO)
            case _:
                return wording.PROMPTS[slot].format(title=form.title), _choices(form, slot)

    async def _which_order(self, form: Form, who: Who) -> tuple[str, tuple[str, ...]]:
        theirs = await own_orders(self._orders, who)
        fitting = suitable(form, theirs, who.now)
        if fitting:
            return wording.WHICH_ORDER.format(title=form.title), tuple(line(order) for order in fitting)
        return (wording.ABOUT_AN_ORDER if "order_no" in form.skippable else wording.ORDER_NUMBER), ()

    async def _which_goods(self, form: Form, collected: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        order = await found(self._orders, collected.get("order_no", ""))
        return wording.PROMPTS["product"].format(title=form.title), goods_of(order).names if order else ()

    async def _which_reward(self, who: Who) -> tuple[str, tuple[str, ...]]:
        try:
            points = await self._points.balance(who.conversation_id) or 0
            rewards = await self._points.rewards()
        except (Transient, Permanent):
            return wording.MALL_AWAY, ()
        names = tuple(f"{each.name}（{each.points} 积分）" for each in rewards)
        return wording.PROMPTS["reward"].format(points=points), names

    async def _summary(self, form: Form, collected: Mapping[str, str]) -> str:
        number = collected.get("order_no", "")
        order = await found(self._orders, number)
        return wording.confirm(form, collected, f"{number} {goods(order, most=2)}" if order else number)


def _choices(form: Form, slot: str) -> tuple[str, ...]:
    match slot:
        case "change":
            return tuple(wording.LABELS[each] for each in form.slots if each != CONFIRMED)
        case "wish":
            return wording.WISHES.get(form.name, ())
        case _:
            return wording.CHOICES.get(slot, ())


async def own_orders(orders: Orders, who: Who) -> list[Order]:
    """The customer's latest orders; none while the mall is away."""
    try:
        return await orders.recent(who.conversation_id, RECENT)
    except (Transient, Permanent):
        return []


async def found(orders: Orders, number: str) -> Order | None:
    """The order; None where there is none, or the mall is away."""
    if not number:
        return None
    try:
        return await orders.find(number)
    except (Transient, Permanent):
        return None
