"""What a message changes in a guided conversation: answers, corrections, confirmation, no more of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handlers.choice import chosen_index
from handlers.guided import values, wording
from handlers.guided.answers import VALUES, Answers, of_order
from handlers.guided.asking import own_orders
from handlers.guided.corrections import correction, named_slot
from handlers.guided.forms import CONFIRMED, Form
from handlers.guided.heard import WRONG, Heard, Validated, Who
from handlers.guided.values import Good
from handlers.guided.which_order import meant, suitable
from intents.numbers import order_number, short_code
from intents.wording import normalise, words_only
from mall.port import Orders, Points

MOST_WRONG = 2
"""Wrong answers in a row after which a person is offered."""

DIGITS = frozenset({"phone", "tax_no", "email", "title", "address"})
"""Slots whose answers hold digits that are no order number."""

_STOP = re.compile(
    "^(那?就?先?)?(不办了?|不弄了?|不退了|不换了|不改了|不开了|不取消了|不投诉了|算了|别办了?)[吧啊呀哈]*$"
)
_YES = re.compile(
    "^(确认提交|确认|提交|对的?|是的?|没错|没问题|可以|好的?|行|嗯+|ok|都?对|就这样|同意|要的)+[了的吧呀啊哦]*$"
)
_CHANGE = re.compile("^(改一下|改下|要改|修改|不对|不是|有错|错了|等等|等一下)[了的吧呀啊]*$")
_REFUND_ONLY = re.compile("(只|仅|光)(要?退款|退钱)|不退货.{0,4}退(款|钱)|退(款|钱)不退货")
_KIND_TOLD = re.compile("公司|企业|对公|个人抬头|个人的?发票")


class Hearing:
    def __init__(self, orders: Orders, points: Points) -> None:
        self._orders = orders
        self._answers = Answers(orders, points)

    async def heard(
        self, form: Form, asked: str | None, message: Heard, collected: Mapping[str, str], who: Who
    ) -> Validated:
        words = words_only(normalise(message.text))
        if message.intent == "stop" or _STOP.match(words) or words == words_only(wording.NO):
            return Validated(cancelled=True)
        number = None if asked in DIGITS else _number(message)
        if number is not None and "order_no" in form.slots and number != collected.get("order_no"):
            return _counted(asked, collected, await self._answers.order(form, number, collected, who))
        match asked:
            case None:
                return await self._begun(form, message, who)
            case "confirmed":
                return await self._confirmation(form, message.text, words, collected, who)
            case "change":
                return await self._change(form, message.text, collected, who)
            case _:
                return await self._to_question(form, asked, message, collected, who)

    async def _to_question(
        self, form: Form, asked: str, message: Heard, collected: Mapping[str, str], who: Who
    ) -> Validated:
        """The answer to what was asked, unless something told before is taken back."""
        taken_back = correction(form, message.text)
        if taken_back is not None and taken_back.slot in collected and taken_back.slot != asked:
            return await self._again(form, taken_back.slot, taken_back.value, collected, who)
        if asked == "order_no" and taken_back is not None and taken_back.slot == "order_no":
            return Validated(slots={"order_no": None, "product": None}, says=(wording.OTHER_ORDER,))
        return _counted(asked, collected, await self._answers.to(form, asked, message.text, collected, who))

    async def _begun(self, form: Form, message: Heard, who: Who) -> Validated:
        """What the first message tells already, and the one order that fits."""
        slots: dict[str, str | None] = {}
        if form.name == "return_form" and _REFUND_ONLY.search(message.text):
            slots["wish"] = "仅退款"
        for slot in ("address", "phone", "email"):
            judged = VALUES[slot](message.text) if slot in form.slots else None
            if isinstance(judged, Good):
                slots[slot] = judged.value
        if "title_kind" in form.slots and _KIND_TOLD.search(message.text):
            judged = values.title_kind(message.text)
            slots |= {"title_kind": judged.value} if isinstance(judged, Good) else {}
        if "order_no" in form.slots and "order_no" not in form.skippable:
            fitting = suitable(form, await own_orders(self._orders, who), who.now)
            order = fitting[0] if len(fitting) == 1 else meant(message.text, fitting)
            slots |= of_order(form, order, message.text) if order is not None else {}
        return Validated(slots=slots)

    async def _confirmation(
        self, form: Form, text: str, words: str, collected: Mapping[str, str], who: Who
    ) -> Validated:
        if words == words_only(wording.YES) or _YES.match(words):
            return Validated(slots={CONFIRMED: "yes"})
        taken_back = correction(form, text)
        if taken_back is not None:
            return await self._again(form, taken_back.slot, taken_back.value, collected, who)
        if named := named_slot(form, text):
            return Validated(slots={named: None})
        if _CHANGE.match(words):
            return Validated(says=(wording.WHAT_TO_CHANGE,), ask="change")
        return Validated()

    async def _change(self, form: Form, text: str, collected: Mapping[str, str], who: Who) -> Validated:
        """Which slot is to be changed."""
        labels = [slot for slot in form.slots if slot != CONFIRMED]
        index = chosen_index(text, None, labels)
        if index is not None and 0 <= index < len(labels):
            return Validated(slots=_cleared(labels[index]))
        by_label = [slot for slot in labels if wording.LABELS[slot] == text.strip()]
        taken_back = correction(form, text)
        if by_label:
            return Validated(slots=_cleared(by_label[0]))
        if taken_back is not None:
            return await self._again(form, taken_back.slot, taken_back.value, collected, who)
        named = named_slot(form, text)
        return Validated(slots=_cleared(named)) if named else Validated(ask=CONFIRMED)

    async def _again(
        self, form: Form, slot: str, value: str, collected: Mapping[str, str], who: Who
    ) -> Validated:
        """A slot is taken back; ``value`` takes its place where it can, or it is asked for."""
        if not value:
            return Validated(slots=_cleared(slot))
        answered = await self._answers.to(form, slot, value, collected, who)
        return answered if slot in answered.slots else Validated(slots=_cleared(slot), says=answered.says)


def _number(message: Heard) -> str | None:
    words = normalise(message.text)
    return order_number(words) or short_code(words) if "order_no" in message.entities else order_number(words)


def _cleared(slot: str) -> dict[str, str | None]:
    return {"order_no": None, "product": None} if slot == "order_no" else {slot: None}


def _counted(asked: str | None, collected: Mapping[str, str], validated: Validated) -> Validated:
    """Counts wrong answers to the same question; after two of them a person is offered."""
    if validated.slots or not validated.says or asked is None:
        return Validated(
            slots={**validated.slots, WRONG: None} if WRONG in collected else validated.slots,
            says=validated.says,
            ask=validated.ask,
            cancelled=validated.cancelled,
        )
    slot, _, times = collected.get(WRONG, "").partition(":")
    count = int(times) + 1 if slot == asked else 1
    says = (*validated.says, wording.OFFER_A_PERSON) if count >= MOST_WRONG else validated.says
    return Validated(slots={WRONG: f"{asked}:{count}"}, says=says)
