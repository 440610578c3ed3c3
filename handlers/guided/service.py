"""What guided conversations ask, take and hand in. Changes nothing: the mall is read, and guidance is given."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.errands import Errand, ErrandKind
from conversations.errors import Permanent, Transient
from conversations.guidance import Ending, Guidance
from conversations.outcomes import HandOverReason
from handlers.guided import which_order, wording
from handlers.guided.asking import Asking
from handlers.guided.forms import CONFIRMED, FORMS, PERSONAL, SKIPPED, Form
from handlers.guided.heard import Heard, Validated, Who
from handlers.guided.hearing import Hearing
from handlers.guided.looking import is_theirs
from handlers.guided.whole import flawed
from mall.port import Orders, Points

__all__ = ["FORMS", "GuidedService", "Heard", "Validated", "Who"]

CANCELLED = "cancelled"
"""What ``confirmed`` holds when the customer does not want it any more."""

KEPT_ASIDE = frozenset({CONFIRMED, "order_no"})


class GuidedService:
    """All of it rests on what is given: nothing is remembered between calls."""

    def __init__(self, orders: Orders, points: Points) -> None:
        self._orders = orders
        self._asking = Asking(orders, points)
        self._hearing = Hearing(orders, points)

    async def ask(self, form: Form, slot: str, collected: Mapping[str, str], who: Who) -> Guidance:
        """The question for a slot (or ``change``: for which slot is to be changed). Raises nothing for a mall away."""
        return await self._asking.ask(form, slot, collected, who)

    async def heard(
        self, form: Form, asked: str | None, message: Heard, collected: Mapping[str, str], who: Who
    ) -> Validated:
        """What a message changes in what is known. ``asked`` None: the message that began the conversation."""
        return await self._hearing.heard(form, asked, message, collected, who)

    async def submit(self, form: Form, collected: Mapping[str, str], who: Who) -> Guidance:
        """Hands in what was collected, or says why not: it may be called for a form that is not whole."""
        if collected.get(CONFIRMED) == CANCELLED:
            return self.cancelled(form)
        if flawed(form, collected):
            return _not_submitted(wording.NOT_WHOLE.format(title=form.title))
        kept = (*form.slots, "wish")
        told = {slot: collected[slot] for slot in kept if slot in collected and slot != CONFIRMED}
        if told.get("title_kind") == PERSONAL:
            told.pop("tax_no", None)
        if form.errand is None:
            return _to_people(told, form.case or HandOverReason.AFTER_SALES, wording.TO_PEOPLE)
        try:
            why_not = await self._hindrance(form, told, who)
        except Permanent:
            return _to_people(told, HandOverReason.AFTER_SALES, wording.TO_PEOPLE)
        if why_not is not None:
            return _not_submitted(wording.NOT_ANY_MORE.format(why=why_not))
        return _handed_in(form, form.errand, told)

    def cancelled(self, form: Form) -> Guidance:
        """The customer does not want it any more."""
        return Guidance(says=(wording.CANCELLED.format(title=form.title),), ending=Ending.CANCELLED)

    async def _hindrance(self, form: Form, told: Mapping[str, str], who: Who) -> str | None:
        """Why the order cannot be changed by this customer, or not any more; None when it can.

        While the mall is away the errand waits for it, and the mall's own rules decide. Raises Permanent when there is
        no mall: people take it then.
        """
        try:
            order = await self._orders.find(told.get("order_no", ""))
        except Transient:
            return None
        if "order_no" not in form.slots:
            return None
        if order is None or not is_theirs(order, who):
            return wording.NOT_YOURS.format(title=form.title)
        return which_order.why_not(form, order, who.now)


def _handed_in(form: Form, kind: ErrandKind, told: Mapping[str, str]) -> Guidance:
    """To the shop's system; to people where the goods are to be kept, which no system decides."""
    if "wish" in told:
        return _to_people(told, HandOverReason.AFTER_SALES, wording.REFUND_ONLY)
    details = {slot: value for slot, value in told.items() if slot not in KEPT_ASIDE and value != SKIPPED}
    return Guidance(
        says=(wording.SUBMITTED.format(title=form.title),),
        collected=told,
        errands=(Errand(kind=kind, order_no=told.get("order_no"), details=details),),
        ending=Ending.DONE,
    )


def _not_submitted(text: str) -> Guidance:
    return Guidance(says=(text,), ending=Ending.CANCELLED)


def _to_people(told: Mapping[str, str], reason: HandOverReason, text: str) -> Guidance:
    return Guidance(says=(text,), collected=dict(told), hand_over=reason, ending=Ending.HANDED_OVER)
