"""What a message changes in a guided conversation: answers, corrections, confirmation, no more of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conversations.errors import Transient
from handlers.choice import chosen_index
from handlers.guided import stages, wording
from handlers.guided.answers import Answers, address_so_far
from handlers.guided.corrections import correction, named_slot
from handlers.guided.described import orders_meant, says_no
from handlers.guided.forms import CONFIRMED, Form
from handlers.guided.heard import WRONG, Heard, Validated, Who, Wrong, both
from handlers.guided.looking import own_orders
from handlers.guided.values import one_line
from handlers.guided.volunteered import (
    ENOUGH,
    number_told,
    refund_only,
    told_at_first,
    volunteered,
    without_number,
)
from handlers.guided.which_order import line, suitable
from intents.wording import normalise, words_only
from mall.port import Orders, Points

MOST_WRONG = 2
"""Wrong answers in a row after which a person is offered."""

WORDY = frozenset({"reason", "problem", "details", "wish", "new_spec"})
"""Slots that take any words: what is about something else must be told apart from them."""


class Hearing:
    def __init__(self, orders: Orders, points: Points) -> None:
        self._orders = orders
        self._answers = Answers(orders, points)

    async def heard(
        self, form: Form, asked: str | None, message: Heard, collected: Mapping[str, str], who: Who
    ) -> Validated:
        said = one_line(message.text)
        if stages.no_more(form, asked, message.intent, said):
            return Validated(cancelled=True)
        if asked is not None and stages.says_wait(said):
            return Validated(says=(wording.NO_HURRY,))
        wish, rest = refund_only(form, said, collected)
        number = number_told(form, asked, rest, message.entities)
        if number is not None and number == collected.get("order_no"):
            number, message = None, replace(message, text=without_number(rest, number))
            if not words_only(message.text):
                return Validated()
        rest = without_number(rest, number)
        told = both(_noted(wish), await self._unasked(form, asked, number, rest, collected, who))
        if asked is None:
            return both(told, await self._begun(form, replace(message, text=rest), told, who))
        if not told:
            return _counted(asked, said, collected, await self._stage(form, asked, message, collected, who))
        if asked not in told.slots and not told.says:
            known = {**collected, **_known(told)}
            told = both(told, await self._beside(form, asked, rest, said, known, who))
        return _counted(asked, said, collected, told)

    async def _unasked(
        self,
        form: Form,
        asked: str | None,
        number: str | None,
        rest: str,
        collected: Mapping[str, str],
        who: Who,
    ) -> Validated:
        """A new order number, and what else is told though something else was asked."""
        told = Validated(slots=volunteered(form, asked, rest, collected))
        if number is None:
            return told
        order = await self._answers.order(form, number, rest, who)
        if "order_no" not in order.slots and "order_no" in collected and wording.MALL_AWAY not in order.says:
            order = both(order, Validated(slots=stages.cleared("order_no")))
        return both(told, order)

    async def _stage(
        self, form: Form, asked: str, message: Heard, collected: Mapping[str, str], who: Who
    ) -> Validated:
        match asked:
            case "confirmed":
                return await self._confirmation(form, message, collected, who)
            case "change":
                return await self._change(form, one_line(message.text), collected, who)
            case _:
                return await self._to_question(form, asked, one_line(message.text), collected, who)

    async def _beside(
        self, form: Form, asked: str, rest: str, said: str, collected: Mapping[str, str], who: Who
    ) -> Validated:
        """The answer to what was asked in a message that told something else too; nothing where there is none.

        ``rest``: without what else it told, which a whole account (``said``) keeps.
        """
        enough = ENOUGH if asked in WORDY else 1
        if asked in (CONFIRMED, "change", "order_no") or len(words_only(stages.bare(rest))) < enough:
            return Validated()
        words = said if asked in ("details", "problem") else rest
        answered = await self._answers.to(form, asked, words, collected, who)
        return answered if asked in answered.slots else Validated()

    async def _to_question(
        self, form: Form, asked: str, text: str, collected: Mapping[str, str], who: Who
    ) -> Validated:
        """The answer to what was asked, unless something is taken back, or the text says no more than the wish."""
        if asked in WORDY and stages.repeats_wish(form, text):
            return Validated()
        taken_back = correction(form, text, at_start=asked in WORDY)
        if taken_back is not None and taken_back.slot in collected and taken_back.slot != asked:
            return await self._again(form, taken_back.slot, taken_back.value, collected, who)
        if asked == "product" and says_no(text):
            return _another_order(collected)
        return await self._answers.to(form, asked, text, collected, who)

    async def _begun(self, form: Form, message: Heard, known: Validated, who: Who) -> Validated:
        """What the first message tells already, and the order that it means, or the one that fits."""
        slots = told_at_first(form, message.text, message.entities)
        first = Validated(slots={slot: value for slot, value in slots.items() if slot not in known.slots})
        if "reward" in form.slots:
            reward = await self._answers.to(form, "reward", message.text, {}, who)
            return reward if reward.slots else first
        if "order_no" not in form.slots or "order_no" in known.slots or known.says:
            return first
        try:
            return both(first, await self._first_order(form, message.text, who))
        except Transient:
            return both(first, Validated(says=(wording.MALL_AWAY,)))

    async def _first_order(self, form: Form, text: str, who: Who) -> Validated:
        """The order that a text means, or the only one that fits; said, since nothing was asked about it."""
        theirs = await own_orders(self._orders, who)
        fitting = suitable(form, theirs, who.now)
        meant = orders_meant(text, (), fitting, who.now) or orders_meant(text, (), theirs, who.now)
        if "order_no" in form.skippable and len(meant) != 1:
            return Validated()
        if not meant and len(fitting) == 1:
            meant = (fitting[0],)
        if len(meant) != 1:
            return Validated()
        taken = await self._answers.order(form, meant[0].number, text, who)
        if not taken.slots:
            return taken
        return both(Validated(says=(wording.TAKEN.format(line=line(meant[0])),)), taken)

    async def _confirmation(
        self, form: Form, message: Heard, collected: Mapping[str, str], who: Who
    ) -> Validated:
        text = one_line(message.text)
        if stages.says_submit(form, message.intent, text):
            return Validated(slots={CONFIRMED: stages.YES})
        taken_back = correction(form, text)
        if taken_back is not None:
            return await self._again(form, taken_back.slot, taken_back.value, collected, who)
        named = named_slot(form, text)
        if named is not None:
            return Validated(slots=stages.cleared(named))
        offered = wording.choice_of(form, text)
        if offered is not None:
            return await self._answers.to(form, offered, text, collected, who)
        if stages.says_change(message.intent, text):
            return _which_change(form, collected)
        return Validated(says=(wording.SUBMIT_OR_CHANGE,))

    async def _change(self, form: Form, text: str, collected: Mapping[str, str], who: Who) -> Validated:
        """Which slot is to be changed."""
        slots = stages.changeable(form, collected)
        by_label = [slot for slot in slots if wording.LABELS[slot] == text]
        if by_label:
            return Validated(slots=stages.cleared(by_label[0]))
        index = chosen_index(text, None, slots)
        if index is not None and 0 <= index < len(slots):
            return Validated(slots=stages.cleared(slots[index]))
        taken_back = correction(form, text)
        if taken_back is not None:
            return await self._again(form, taken_back.slot, taken_back.value, collected, who)
        named = named_slot(form, text)
        return Validated(slots=stages.cleared(named)) if named else Validated(ask=CONFIRMED)

    async def _again(
        self, form: Form, slot: str, value: str, collected: Mapping[str, str], who: Who
    ) -> Validated:
        """A slot is taken back; ``value`` takes its place where it can, or it is asked for."""
        if not words_only(value):
            return _another_order(collected) if slot == "order_no" else Validated(slots=stages.cleared(slot))
        answered = await self._answers.to(form, slot, value, collected, who)
        if slot in answered.slots:
            return Validated(slots={**stages.cleared(slot), **answered.slots}, says=answered.says)
        kept = {} if wording.MALL_AWAY in answered.says else stages.cleared(slot)
        return Validated(slots=kept, says=answered.says)


def _noted(wish: Mapping[str, str | None]) -> Validated:
    """What is said of a wish to keep the goods, or to send them back after all."""
    if not wish:
        return Validated()
    return Validated(
        slots=wish, says=(wording.REFUND_ONLY_NOTED if wish["wish"] else wording.RETURN_TOO_NOTED,)
    )


def _another_order(collected: Mapping[str, str]) -> Validated:
    """It is another order, which is asked for; the one that it is not is not proposed again."""
    not_this = Wrong(slot="order_no", times=1, words=collected.get("order_no", ""))
    return Validated(
        slots={**stages.cleared("order_no"), WRONG: not_this.to_stored()}, says=(wording.OTHER_ORDER,)
    )


def _which_change(form: Form, collected: Mapping[str, str]) -> Validated:
    """Asks what is to be changed; where there is only one thing, for that."""
    slots = stages.changeable(form, collected)
    if slots == ["order_no"]:
        return _another_order(collected)
    if len(slots) == 1:
        return Validated(slots=stages.cleared(slots[0]))
    return Validated(says=(wording.WHAT_TO_CHANGE,), ask="change")


def _known(told: Validated) -> dict[str, str]:
    return {slot: value for slot, value in told.slots.items() if value is not None}


def _counted(asked: str, said: str, collected: Mapping[str, str], validated: Validated) -> Validated:
    """Counts wrong answers to the same question; after two of them a person is offered."""
    if WRONG in validated.slots or wording.MALL_AWAY in validated.says:
        return validated
    if validated.slots or not validated.says or validated.ask:
        forgotten: dict[str, str | None] = {WRONG: None} if WRONG in collected else {}
        return replace(validated, slots={**validated.slots, **forgotten})
    before = Wrong.of(collected)
    times = before.times + 1 if before.slot == asked else 1
    words = address_so_far(said, collected) if asked == "address" else normalise(said)
    if asked == "order_no" and before.slot == asked:
        words = before.words
    says = (*validated.says, wording.OFFER_A_PERSON) if times >= MOST_WRONG else validated.says
    return Validated(slots={WRONG: Wrong(slot=asked, times=times, words=words).to_stored()}, says=says)
