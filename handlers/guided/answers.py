"""What a message is worth as the answer to one question of a guided conversation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from conversations.errors import Permanent, Transient
from handlers.choice import chosen_index
from handlers.guided import values, wording
from handlers.guided.addresses import holds_some, lacking
from handlers.guided.described import goods_meant, goods_named, orders_meant, says_no
from handlers.guided.forms import SKIPPED, Form
from handlers.guided.heard import WRONG, Validated, Who, Wrong
from handlers.guided.looking import is_theirs, own_order, own_orders
from handlers.guided.stages import says_skip
from handlers.guided.values import Bad, Good, Judged
from handlers.guided.which_order import line, suitable, why_not
from intents.wording import normalise, words_only
from mall.port import Order, Orders, Points

_NONE_OF_THEM = re.compile("都不是|都不对|没有我要的|不在里面|别的单")

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
        """A value for the slot that was asked for. A mall that is away is said, and nothing is taken."""
        if slot in form.skippable and says_skip(text):
            return Validated(slots={slot: SKIPPED})
        if slot == "wish" and says_skip(text):
            return Validated(slots={slot: wording.NO_WISH})
        try:
            return await self._judged(form, slot, text, collected, who)
        except Transient:
            return Validated(says=(wording.MALL_AWAY,))

    async def _judged(
        self, form: Form, slot: str, text: str, collected: Mapping[str, str], who: Who
    ) -> Validated:
        match slot:
            case "order_no":
                return await self.described_order(form, text, collected, who)
            case "product":
                return await self._goods(text, collected, who)
            case "reward":
                return await self._reward(text, who)
            case "address":
                return _address(text, collected)
            case _:
                return told(slot, VALUES.get(slot, values.free_words)(text))

    async def order(self, form: Form, number: str, text: str, who: Who) -> Validated:
        """An order by its number; ``text`` may name its goods. Without a mall people will look the number up.

        What people decide may be about an order of somebody else (a present): its number is taken, nothing is shown.
        """
        try:
            order = await self._orders.find(number)
        except Transient:
            return Validated(says=(wording.MALL_AWAY,))
        except Permanent:
            return Validated(slots={"order_no": number})
        if order is None:
            return refused(wording.NO_SUCH_ORDER.format(number=number))
        if is_theirs(order, who):
            return taken(form, order, text, who)
        if form.errand is not None:
            return refused(wording.NOT_YOURS.format(title=form.title))
        return Validated(slots={"order_no": number, **({"product": None} if "product" in form.slots else {})})

    async def described_order(
        self, form: Form, text: str, collected: Mapping[str, str], who: Who
    ) -> Validated:
        """One of the customer's own, by place, goods or day. Raises Transient when the mall is away."""
        theirs = await own_orders(self._orders, who)
        shown = proposed(form, theirs, collected, who)
        meant = orders_meant(text, shown, theirs, who.now)
        if len(meant) == 1:
            return taken(form, meant[0], text, who)
        if meant:
            lines = "\n".join(line(order) for order in meant[: wording.LISTED])
            return refused(wording.SEVERAL_ORDERS.format(lines=lines))
        if shown and (says_no(text) or _NONE_OF_THEM.search(text)):
            declined = Wrong(slot="order_no", times=1, words=" ".join(order.number for order in shown))
            return Validated(slots={WRONG: declined.to_stored()}, says=(wording.ANOTHER_ONE,))
        return refused(wording.WHICH_OF_THEM if shown else wording.NO_NUMBER)

    async def _goods(self, text: str, collected: Mapping[str, str], who: Who) -> Validated:
        order = await own_order(self._orders, collected.get("order_no", ""), who)
        if order is None:
            return told("product", values.free_words(text))
        meant = goods_meant(text, [item.name for item in order.items])
        return Validated(slots={"product": "、".join(meant)}) if meant else refused(wording.WHICH_GOODS)

    async def _reward(self, text: str, who: Who) -> Validated:
        """Raises Transient when the mall is away."""
        try:
            points = await self._points.balance(who.conversation_id) or 0
            rewards = await self._points.rewards()
        except Permanent:
            return told("reward", values.free_words(text))
        within = [each for each in rewards if each.points <= points]
        index = chosen_index(text, None, [each.id for each in within])
        named = [rewards[at] for at in _named([each.name for each in rewards], text)]
        if index is not None:
            named = [within[index]] if 0 <= index < len(within) else []
        if len(named) != 1:
            return refused(wording.WHICH_REWARD)
        reward = named[0]
        if reward.points > points:
            return refused(wording.NOT_ENOUGH.format(name=reward.name, needed=reward.points, points=points))
        return Validated(slots={"reward": reward.name})


def proposed(form: Form, theirs: list[Order], collected: Mapping[str, str], who: Who) -> list[Order]:
    """The customer's orders that are offered: those that fit, without those that they just said it is not."""
    wrong = Wrong.of(collected)
    declined = wrong.words.split() if wrong.slot == "order_no" else []
    return suitable(form, [order for order in theirs if order.number not in declined], who.now)


def taken(form: Form, order: Order, text: str, who: Who) -> Validated:
    """The customer's own order as the one it is about, with its goods where they are plain; or why it cannot be."""
    hindrance = why_not(form, order, who.now)
    if hindrance is not None:
        return refused(hindrance)
    slots: dict[str, str | None] = {"order_no": order.number}
    if "product" in form.slots:
        names = [item.name for item in order.items]
        meant = names if len(names) == 1 else goods_named(_without_line(text, order), names)
        slots["product"] = "、".join(meant) or None
    return Validated(slots=slots)


def _without_line(text: str, order: Order) -> str:
    """The text without the order as it can be tapped: the goods in that were named by us."""
    tapped = line(order)
    return text.replace(tapped, "").replace(tapped.removeprefix(order.number).strip(), "")


def told(slot: str, judged: Judged) -> Validated:
    return Validated(slots={slot: judged.value}) if isinstance(judged, Good) else refused(judged.text)


def refused(text: str) -> Validated:
    return Validated(says=(text,))


def address_so_far(text: str, collected: Mapping[str, str]) -> str:
    """An address that comes in pieces: what was told before, and this, the region first."""
    wrong = Wrong.of(collected)
    before = wrong.words if wrong.slot == "address" else ""
    piece = values.plain(text)
    if not holds_some(piece):
        return before
    region_is_new = bool(before) and lacking(before).region and not lacking(piece).region
    return piece + before if region_is_new else before + piece


def _address(text: str, collected: Mapping[str, str]) -> Validated:
    """This message's address, or the one that it makes together with the piece before."""
    judged = values.address(text)
    if isinstance(judged, Bad):
        judged = values.address(address_so_far(text, collected))
    return told("address", judged)


def _named(names: list[str], text: str) -> list[int]:
    """The positions of the names that a text holds, or that begin it; else of those that hold the text."""
    words = words_only(normalise(text))
    plain = [words_only(normalise(name)) for name in names]
    inside = [at for at, name in enumerate(plain) if name and name in words]
    return inside or [at for at, name in enumerate(plain) if len(words) > 1 and words in name]
