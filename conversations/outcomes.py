"""What a handler decides: values that the turn carries out in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conversations.after_sales import AfterSalesWish
from conversations.consents import ConsentChange
from conversations.conversation import Context
from conversations.errands import Errand
from conversations.facts import Fact
from conversations.questions import AskedQuestion
from conversations.ratings import Rating
from conversations.replies import Reply, ReplyKind, TextReply


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    reply: Reply
    kind: ReplyKind = ReplyKind.CHAT


class HandOverReason(StrEnum):
    """Why a person is needed. Values are stored; never rename them."""

    ASKED_FOR = "asked_for"
    NOT_UNDERSTOOD = "not_understood"
    COMPLAINT = "complaint"
    UNDELIVERED = "undelivered"
    AFTER_SALES = "after_sales"
    NOT_DONE = "not_done"
    PRIVACY = "privacy"
    ANGRY = "angry"
    GOES_PUBLIC = "goes_public"
    """They say that they turn to the authorities or the public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A person should take this. The turn records a case under its own key (once, however often the turn runs).

    Where the platform has people of its own, the session is offered to them: ``connecting`` is said when one of
    them, or their queue, takes it, and the outcome's transition text when nobody does.
    ``wish``: what is wanted after a purchase, where that is known.
    """

    reason: HandOverReason
    summary: str
    connecting: str = ""
    wish: AfterSalesWish | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything one turn decided. ``context`` None leaves the conversation's context as it was.

    ``question``: what the knowledge base was asked for it, and decided. ``errands``: what the shop's system is to do.
    ``consents``: what the customer agrees to from now on, or no longer does. ``withdraws_case``: they do without the
    person they asked for, so their cases that nobody has taken are closed. ``rating``: how a person served them.
    """

    says: tuple[Say, ...] = ()
    hand_over: HandOver | None = None
    context: Context | None = None
    facts: tuple[Fact, ...] = ()
    question: AskedQuestion | None = None
    errands: tuple[Errand, ...] = ()
    consents: tuple[ConsentChange, ...] = ()
    withdraws_case: bool = False
    rating: Rating | None = None


def say(text: str, *, context: Context | None = None, facts: tuple[Fact, ...] = ()) -> Outcome:
    """The commonest outcome: one text, as chat."""
    return Outcome(says=(Say(reply=TextReply(text=text)),), context=context, facts=facts)


NOTHING = Outcome()
