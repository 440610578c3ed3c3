"""What a message is worth as the answer to one question of a guided conversation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from conversations.errors import Permanent, Transient
from handlers.choice import chosen_index, names_choice
from handlers.guided import values, wording
from handlers.guided.asking import found, own_orders
from handlers.guided.forms import CONFIRMED, SKIPPED, Form
from handlers.guided.heard import Validated, Who
from handlers.guided.values import Bad, Good, Judged
from handlers.guided.which_order import goods_of, meant, suitable, why_not
from intents.wording import normalise, words_only
from mall.port import Order, Orders, Points

_SKIP = re.compile(
    "^(跳过|没有|没|无|不用|不变|不换|不改|不需要|就这样|和订单无关|不是订单的?事?)[了的吧呀啊]*$"
)

VALUES: Mapping[str, Callable[[str], Judged]] = {
    "address": values.address,
    "phone": values.phone,
    "email": values.email,
    "tax_no": values.tax_no,
    "title_kind": values.title_kind,
    "title": values.title,
}


class Answers:
    def __init__(self, orders: Orders, points: Points) -> None:
        self._orders = orders
        self._points = points

    async def to(self, form: Form, slot: str, text: str, collected: Mapping[str, str], who: Who) -> Validated:
        """A value for the slot that was asked for."""
        if slot in form.skippable and _SKIP.match(words_only(normalise(text))):
            return Validated(slots={slot: SKIPPED})
        match slot:
            case "order_no":
                return await self._described_order(form, text, who)
            case "product":
                return await self._goods(text, collected)
            case "reward":
                return await self._reward(text, who)
        judged = VALUES.get(slot, values.free_words)(text)
        return Validated(slots={slot: judged.value}) if isinstance(judged, Good) else told(judged)

    async def order(self, form: Form, number: str, collected: Mapping[str, str], who: Who) -> Validated:
        """An order by its number. Without a mall the number is taken as it is: people will look it up."""
        try:
            order = await self._orders.find(number)
        except Transient:
            return Validated(says=(wording.MALL_AWAY,))
        except Permanent:
            return Validated(slots={"order_no": number})
        if order is None:
            return told(Bad(wording.NO_SUCH_ORDER.format(number=number)))
        if order.owner_ref != who.conversation_id and form.errand is not None:
            return told(Bad(wording.NOT_YOURS.format(title=form.title)))
        hindrance = why_not(form, order, who.now)
        if hindrance is not None:
            return told(Bad(hindrance))
        slots = of_order(form, order, "")
        return Validated(slots={**slots, CONFIRMED: None} if CONFIRMED in collected else slots)

    async def _described_order(self, form: Form, text: str, who: Who) -> Validated:
        theirs = await own_orders(self._orders, who)
        order = meant(text, suitable(form, theirs, who.now))
        if order is None:
            return told(Bad(wording.ORDER_NUMBER))
        return Validated(slots=of_order(form, order, "" if names_choice(text) else text))

    async def _goods(self, text: str, collected: Mapping[str, str]) -> Validated:
        order = await found(self._orders, collected.get("order_no", ""))
        if order is None:
            judged = values.free_words(text)
            return Validated(slots={"product": judged.value}) if isinstance(judged, Good) else told(judged)
        name = goods_of(order).meant(text)
        return Validated(slots={"product": name}) if name else told(Bad(wording.WHICH_GOODS))

    async def _reward(self, text: str, who: Who) -> Validated:
        try:
            points = await self._points.balance(who.conversation_id) or 0
            rewards = await self._points.rewards()
        except Transient:
            return Validated(says=(wording.MALL_AWAY,))
        except Permanent:
            judged = values.free_words(text)
            return Validated(slots={"reward": judged.value}) if isinstance(judged, Good) else told(judged)
        index = chosen_index(text, None, [each.id for each in rewards])
        named = [each for each in rewards if each.name in text or text.strip() == each.id]
        if index is not None and 0 <= index < len(rewards):
            named = [rewards[index]]
        if len(named) != 1:
            return told(Bad(wording.WHICH_REWARD))
        reward = named[0]
        if reward.points > points:
            return told(Bad(wording.NOT_ENOUGH.format(name=reward.name, needed=reward.points, points=points)))
        return Validated(slots={"reward": reward.name})


def of_order(form: Form, order: Order, text: str) -> dict[str, str | None]:
    """The order, and its goods where they are plain."""
    slots: dict[str, str | None] = {"order_no": order.number}
    if "product" in form.slots:
        goods = goods_of(order)
        slots["product"] = goods.only or (goods.meant(text) if text else None)
    return slots


def told(bad: Bad) -> Validated:
    return Validated(says=(bad.text,))
