"""A case of after-sales, from the customer's wish to its end. Pure.

opened → in_hand → waiting_customer | waiting_goods | waiting_refund → done | declined | called_off. Each change is a
function from the case as it is to the case as it will be; one that does not fit raises ``NotPossible``, which says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from conversations.address import ConversationId
from conversations.after_sales import AfterSalesKind, AfterSalesWish
from escalation.sla import Pause

AfterSalesKey = NewType("AfterSalesKey", str)
"""Unique for ever: made from the message or the errand that led to it."""


class AfterSalesState(StrEnum):
    """Values are stored; never rename them."""

    OPENED = "opened"
    IN_HAND = "in_hand"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_GOODS = "waiting_goods"
    """The customer is to send the goods back."""
    WAITING_REFUND = "waiting_refund"
    DONE = "done"
    DECLINED = "declined"
    CALLED_OFF = "called_off"
    """The customer does without."""


ENDED = frozenset({AfterSalesState.DONE, AfterSalesState.DECLINED, AfterSalesState.CALLED_OFF})
PAUSED = frozenset({AfterSalesState.WAITING_CUSTOMER, AfterSalesState.WAITING_GOODS})
"""The customer is to act: no clock runs against the shop."""


class Why(StrEnum):
    """Why a change does not fit."""

    ENDED = "ended"
    STATE = "state"
    SOMEBODYS = "somebodys"
    """Another member has the case."""
    UNDER_WAY = "under_way"
    """The shop's system is at work on it."""
    CHANGED = "changed"
    """It changed since it was looked at."""
    NO_ORDER = "no_order"
    AMOUNT = "amount"
    SUPERVISOR = "supervisor"
    """So much money needs a supervisor."""
    GONE = "gone"


class NotPossible(Exception):
    """``agent``: who has the case, where that is the reason."""

    def __init__(self, why: Why, *, agent: str | None = None) -> None:
        super().__init__(why.value)
        self.why = why
        self.agent = agent


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterSalesCase:
    """All moments are aware, in business time.

    ``acted_at``: the first action, of a person or of the shop's system. ``agent``: the login that has it. ``trouble``:
    why a person is needed, empty when all goes by itself. ``errand``: the key of what the shop's system is doing for a
    person, ``errand_fen`` the money in it; ``refunded_fen``: what was paid back, or may have been. ``said``: the
    warnings that were given. ``version`` grows with every change.
    """

    key: AfterSalesKey
    conversation_id: ConversationId
    wish: AfterSalesWish
    opened_at: datetime
    state: AfterSalesState = AfterSalesState.OPENED
    acted_at: datetime | None = None
    ended_at: datetime | None = None
    agent: str | None = None
    trouble: str = ""
    pauses: tuple[Pause, ...] = ()
    errand: str | None = None
    errand_fen: int = 0
    refunded_fen: int = 0
    said: frozenset[str] = frozenset()
    version: int = 0

    def __post_init__(self) -> None:
        if self.opened_at.tzinfo is None:
            raise ValueError("opened_at must be timezone-aware")
        if (self.state in ENDED) != (self.ended_at is not None):
            raise ValueError("a case has an end exactly when it has ended")

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED


def opened(
    key: AfterSalesKey, conversation_id: ConversationId, wish: AfterSalesWish, now: datetime
) -> AfterSalesCase:
    return AfterSalesCase(key=key, conversation_id=conversation_id, wish=wish, opened_at=now)


def taken(case: AfterSalesCase, login: str, now: datetime, *, over: bool = False) -> AfterSalesCase:
    """``login`` has it from now on: the first action, if there was none. ``over``: also when somebody else has it."""
    _open(case)
    if case.agent == login:
        return case
    if case.agent is not None and not over:
        raise NotPossible(Why.SOMEBODYS, agent=case.agent)
    state = AfterSalesState.IN_HAND if case.state is AfterSalesState.OPENED else case.state
    return _moved(replace(case, agent=login), state, now)


def asks_customer(case: AfterSalesCase, now: datetime) -> AfterSalesCase:
    """Something is wanted of the customer: a picture, an account, a yes."""
    _free(case)
    return _moved(case, AfterSalesState.WAITING_CUSTOMER, now)


def customer_answered(case: AfterSalesCase, now: datetime) -> AfterSalesCase:
    if case.state is not AfterSalesState.WAITING_CUSTOMER:
        _open(case)
        raise NotPossible(Why.STATE)
    return _moved(case, AfterSalesState.IN_HAND, now)


def awaits_goods(case: AfterSalesCase, now: datetime) -> AfterSalesCase:
    """The customer may send the goods back."""
    _free(case)
    if case.state is AfterSalesState.WAITING_GOODS:
        raise NotPossible(Why.STATE)
    return _moved(case, AfterSalesState.WAITING_GOODS, now)


def goods_came(case: AfterSalesCase, now: datetime) -> AfterSalesCase:
    _free(case)
    if case.state is not AfterSalesState.WAITING_GOODS:
        raise NotPossible(Why.STATE)
    return _moved(case, AfterSalesState.IN_HAND, now)


def refunds(case: AfterSalesCase, errand: str, fen: int, now: datetime) -> AfterSalesCase:
    """The shop's system is asked to pay ``fen`` back."""
    _free(case)
    if fen <= 0:
        raise NotPossible(Why.AMOUNT)
    return _moved(replace(case, errand=errand, errand_fen=fen), AfterSalesState.WAITING_REFUND, now)


def sends_again(case: AfterSalesCase, errand: str, now: datetime) -> AfterSalesCase:
    """The shop's system is asked to send goods: in exchange, or what was missing or broken."""
    _free(case)
    return _moved(replace(case, errand=errand, errand_fen=0), AfterSalesState.IN_HAND, now)


def carried_out(case: AfterSalesCase, now: datetime) -> AfterSalesCase:
    """The shop's system has done it. That ends the case, but for a complaint, which a person ends."""
    if case.errand is None:
        raise NotPossible(Why.STATE)
    state = AfterSalesState.IN_HAND if case.wish.kind is AfterSalesKind.COMPLAINT else AfterSalesState.DONE
    paid = case.refunded_fen + case.errand_fen
    return _moved(replace(case, errand=None, errand_fen=0, refunded_fen=paid), state, now)


def not_carried_out(case: AfterSalesCase, why: str, now: datetime, *, unknown: bool) -> AfterSalesCase:
    """The shop's system did not do it. ``unknown``: it may have, so the money counts."""
    if case.errand is None:
        raise NotPossible(Why.STATE)
    paid = case.refunded_fen + (case.errand_fen if unknown else 0)
    after = replace(case, errand=None, errand_fen=0, refunded_fen=paid, trouble=why)
    return _moved(after, AfterSalesState.IN_HAND, now)


def needs_person(case: AfterSalesCase, why: str) -> AfterSalesCase:
    """It does not go by itself. That is no action, so the clocks run as they did."""
    _open(case)
    return replace(case, trouble=why, version=case.version + 1)


def done(case: AfterSalesCase, now: datetime) -> AfterSalesCase:
    return _ended(case, AfterSalesState.DONE, now)


def declined(case: AfterSalesCase, now: datetime) -> AfterSalesCase:
    return _ended(case, AfterSalesState.DECLINED, now)


def called_off(case: AfterSalesCase, now: datetime) -> AfterSalesCase:
    return _ended(case, AfterSalesState.CALLED_OFF, now)


def _open(case: AfterSalesCase) -> None:
    if not case.is_open:
        raise NotPossible(Why.ENDED)


def _free(case: AfterSalesCase) -> None:
    """Open, and the shop's system is not at work on it."""
    _open(case)
    if case.errand is not None:
        raise NotPossible(Why.UNDER_WAY)


def _ended(case: AfterSalesCase, state: AfterSalesState, now: datetime) -> AfterSalesCase:
    _free(case)
    return _moved(case, state, now)


def _moved(case: AfterSalesCase, state: AfterSalesState, now: datetime) -> AfterSalesCase:
    """Steps of a moment count as made after those before, whatever the clocks of two processes say."""
    pauses = case.pauses
    at = max(now, case.opened_at, *(edge for pause in pauses for edge in (pause.start, pause.end) if edge))
    is_paused = bool(pauses) and pauses[-1].end is None
    if state in PAUSED and not is_paused:
        pauses = (*pauses, Pause(at))
    elif state not in PAUSED and is_paused:
        pauses = (*pauses[:-1], Pause(pauses[-1].start, at))
    return replace(
        case,
        state=state,
        acted_at=case.acted_at or at,
        ended_at=at if state in ENDED else None,
        pauses=pauses,
        trouble=case.trouble if state not in ENDED else "",
        version=case.version + 1,
    )
