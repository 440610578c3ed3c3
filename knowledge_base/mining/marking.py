"""What a turn says about the question that came before it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations.questions import AskedQuestion
from knowledge_base.mining.questions import BAD, LoggedQuestion, MarkKind, QuestionKey
from knowledge_base.mining.reasking import WITHIN, asks_again

OFFER_HOLDS = timedelta(days=1)
"""What was offered stays on the customer's screen; a choice that comes later belongs to nothing."""

BROUGHT_A_PERSON = timedelta(minutes=30)
"""A person asked for later has nothing to do with the question."""

LOOKED_BACK = max(WITHIN, OFFER_HOLDS, BROUGHT_A_PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What a turn with the key ``key`` did, as far as questions are concerned. ``at`` is aware.

    ``chosen``: the entry that the customer picked; ``unsolved``: the one that they said did not help;
    ``handed_over``: from now on a person has the conversation.
    """

    key: str
    at: datetime
    question: AskedQuestion | None = None
    chosen: str | None = None
    unsolved: str | None = None
    handed_over: bool = False

    def __bool__(self) -> bool:
        told = (self.question, self.chosen, self.unsolved)
        return self.handed_over or any(each is not None for each in told)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMark:
    question: QuestionKey
    kind: MarkKind
    value: str


def marks_of(turn: Happened, earlier: LoggedQuestion | None, offer: LoggedQuestion | None) -> list[NewMark]:
    """``earlier``: the conversation's last question before this turn; ``offer``: its last one that was asked back.

    A person is brought by the turn's own question, where it has one, else by the last one.
    """
    marks = []
    if earlier is not None and _again(turn, earlier):
        marks.append(NewMark(question=earlier.key, kind=MarkKind.REASKED, value=turn.key))
    if offer is not None and turn.chosen is not None and _picked(turn, offer):
        marks.append(NewMark(question=offer.key, kind=MarkKind.CHOSEN, value=turn.chosen))
    if earlier is not None and _did_not_help(turn, earlier):
        marks.append(NewMark(question=earlier.key, kind=MarkKind.RATED, value=BAD))
    brought_by = _brought_by(turn, earlier) if turn.handed_over else None
    if brought_by is not None:
        marks.append(NewMark(question=brought_by, kind=MarkKind.HANDED_OVER, value=turn.key))
    return marks


def _again(turn: Happened, earlier: LoggedQuestion) -> bool:
    if turn.question is None or turn.at - earlier.at > WITHIN:
        return False
    return asks_again(earlier.text, turn.question.text)


def _picked(turn: Happened, offer: LoggedQuestion) -> bool:
    return turn.chosen in offer.entries and turn.at - offer.at <= OFFER_HOLDS


def _did_not_help(turn: Happened, earlier: LoggedQuestion) -> bool:
    return turn.unsolved in (earlier.answered_by, earlier.chosen) and turn.unsolved is not None


def _brought_by(turn: Happened, earlier: LoggedQuestion | None) -> QuestionKey | None:
    if turn.question is not None:
        return QuestionKey(turn.key)
    if earlier is None or turn.at - earlier.at > BROUGHT_A_PERSON:
        return None
    return earlier.key
