"""What guided conversations ask, take and hand in. Changes nothing: the mall is read, and guidance is given."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.errands import Errand
from conversations.errors import Permanent, Transient
from conversations.guidance import Ending, Guidance
from conversations.outcomes import HandOverReason
from handlers.guided import wording
from handlers.guided.asking import Asking
from handlers.guided.forms import CONFIRMED, FORMS, SKIPPED, Form, missing
from handlers.guided.heard import Heard, Validated, Who
from handlers.guided.hearing import Hearing
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
        if missing(form, collected):
            return Guidance(says=(wording.NOT_WHOLE.format(title=form.title),), ending=Ending.CANCELLED)
        told = {slot: collected[slot] for slot in form.slots if slot in collected and slot != CONFIRMED}
        if form.errand is None or not await self._connected(told):
            return _to_people(told, form.case or HandOverReason.AFTER_SALES, wording.TO_PEOPLE)
        if collected.get("wish"):
            told = {**told, "wish": collected["wish"]}
            return _to_people(told, HandOverReason.AFTER_SALES, wording.REFUND_ONLY)
        details = {slot: value for slot, value in told.items() if slot not in KEPT_ASIDE and value != SKIPPED}
        errand = Errand(kind=form.errand, order_no=told.get("order_no"), details=details)
        text = wording.SUBMITTED.format(title=form.title)
        return Guidance(says=(text,), collected=told, errands=(errand,), ending=Ending.DONE)

    def cancelled(self, form: Form) -> Guidance:
        """The customer does not want it any more."""
        return Guidance(says=(wording.CANCELLED.format(title=form.title),), ending=Ending.CANCELLED)

    async def _connected(self, told: Mapping[str, str]) -> bool:
        """Whether there is a mall that could do it; people take it where there is none."""
        try:
            await self._orders.find(told.get("order_no", ""))
        except Permanent:
            return False
        except Transient:
            return True
        return True


def _to_people(told: Mapping[str, str], reason: HandOverReason, text: str) -> Guidance:
    return Guidance(says=(text,), collected=dict(told), hand_over=reason, ending=Ending.HANDED_OVER)
