"""The questions of guided conversations, with what can be tapped below them."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.errors import Permanent, Transient
from conversations.guidance import Guidance
from handlers.guided import wording
from handlers.guided.answers import proposed
from handlers.guided.forms import COMPANY, PERSONAL, Form
from handlers.guided.heard import WRONG, Who, Wrong
from handlers.guided.looking import own_order, own_orders
from handlers.guided.stages import changeable
from handlers.guided.which_order import line, none_fits
from handlers.order_texts import goods
from mall.port import Orders, Points

ENOUGH_WRONG = 2
"""Wrong answers in a row after which a person can be tapped too."""

MOST_GOODS = 8
LONGEST_CHOICE = 40

COMPANY_HINT = "写营业执照上的公司全称～"
PERSONAL_HINT = "写姓名，或者就写“个人”～"

Question = tuple[str, tuple[str, ...]]
"""What is asked, and what can be tapped."""


class Asking:
    def __init__(self, orders: Orders, points: Points) -> None:
        self._orders = orders
        self._points = points

    async def ask(self, form: Form, slot: str, collected: Mapping[str, str], who: Who) -> Guidance:
        """While the mall is away it is asked without choices: the answer to the message has said that it is."""
        try:
            text, choices = await self._question(form, slot, collected, who)
        except Transient:
            text, choices = wording.without_mall(form, slot), (wording.PERSON,)
        wrong = Wrong.of(collected)
        if wrong.slot == slot and wrong.times >= ENOUGH_WRONG and wording.PERSON not in choices:
            choices = (*choices, wording.PERSON)
        told = {name: value for name, value in collected.items() if name != WRONG}
        return Guidance(says=(text,), choices=choices, asked=slot, collected=told)

    async def _question(self, form: Form, slot: str, collected: Mapping[str, str], who: Who) -> Question:
        match slot:
            case "order_no":
                return await self._which_order(form, collected, who)
            case "product":
                return await self._which_goods(form, collected, who)
            case "reward":
                return await self._which_reward(who)
            case "confirmed":
                return await self._summary(form, collected, who), (wording.YES, wording.CHANGE, wording.NO)
            case "change":
                labels = tuple(wording.LABELS[each] for each in changeable(form, collected))
                return wording.PROMPTS[slot], (*labels, wording.NOTHING_TO_CHANGE)
            case _:
                return _plain_question(form, slot, collected)

    async def _which_order(self, form: Form, collected: Mapping[str, str], who: Who) -> Question:
        """Raises Transient when the mall is away."""
        theirs = await own_orders(self._orders, who)
        fitting = proposed(form, theirs, collected, who)
        lines = tuple(line(order) for order in fitting)
        if "order_no" in form.skippable:
            return (wording.ABOUT_WHICH if lines else wording.ABOUT_AN_ORDER), (*lines, wording.SKIP)
        if len(lines) == 1:
            text = wording.THIS_ORDER.format(about=wording.about(form), line=lines[0])
            return text, (wording.THIS_ONE, wording.NOT_THIS_ONE)
        if lines:
            return wording.WHICH_ORDER.format(about=wording.about(form)), lines
        declined = Wrong.of(collected).slot == "order_no"
        why = None if declined else none_fits(form, theirs, who.now)
        return (
            wording.NONE_FITS.format(why=why, about=wording.about(form)) if why else wording.ORDER_NUMBER
        ), ()

    async def _which_goods(self, form: Form, collected: Mapping[str, str], who: Who) -> Question:
        """Raises Transient when the mall is away."""
        order = await own_order(self._orders, collected.get("order_no", ""), who)
        names = [item.name[:LONGEST_CHOICE] for item in order.items[:MOST_GOODS]] if order else []
        return wording.PROMPTS["product"].format(about=wording.about(form)), tuple(names)

    async def _which_reward(self, who: Who) -> Question:
        """What the customer has enough points for."""
        try:
            points = await self._points.balance(who.conversation_id)
            rewards = await self._points.rewards()
        except Transient:
            return wording.POINTS_AWAY, (wording.PERSON,)
        except Permanent:
            return wording.POINTS_UNKNOWN, (wording.PERSON, wording.NO)
        if points is None:
            return wording.POINTS_UNKNOWN, (wording.PERSON, wording.NO)
        within = tuple(f"{each.name}（{each.points} 积分）" for each in rewards if each.points <= points)
        if within:
            return wording.PROMPTS["reward"].format(points=points), within
        if not rewards:
            return wording.NO_REWARDS, (wording.NO,)
        least = rewards[0]
        text = wording.TOO_FEW.format(points=points, name=least.name, needed=least.points)
        return text, (wording.NO,)

    async def _summary(self, form: Form, collected: Mapping[str, str], who: Who) -> str:
        """Everything told; the goods of an order only where it is the customer's own."""
        number = collected.get("order_no", "")
        try:
            order = await own_order(self._orders, number, who)
        except Transient:
            order = None
        return wording.confirm(form, collected, f"{number} {goods(order, most=2)}" if order else number)


def _plain_question(form: Form, slot: str, collected: Mapping[str, str]) -> Question:
    company = collected.get("title_kind") == COMPANY
    hint = COMPANY_HINT if company else PERSONAL_HINT
    text = wording.PROMPTS[slot].format(title=form.title, hint=hint)
    match slot:
        case "wish":
            return text, wording.WISHES.get(form.name, ())
        case "title":
            return text, () if company else (PERSONAL,)
        case _:
            return text, wording.CHOICES.get(slot, ())
