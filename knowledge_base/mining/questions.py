"""A question of the log with what became of it, and why it counts as missed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from conversations.questions import Reaction
from knowledge_base.decision import Rule
from knowledge_base.entry import EntryId
from knowledge_base.text import exact_key, tidy

QuestionKey = NewType("QuestionKey", str)
"""The key of the message that asked it: unique for ever."""

GOOD = "good"
BAD = "bad"
"""Values of the mark RATED."""


class MarkKind(StrEnum):
    """Values are stored; never rename them.

    CHOSEN: the customer picked one of the entries offered (value: its id). REASKED: they asked much the same again
    (value: the later question). HANDED_OVER: they went to a person (value: the message that led there). RATED: GOOD
    or BAD.
    """

    CHOSEN = "chosen"
    REASKED = "reasked"
    HANDED_OVER = "handed_over"
    RATED = "rated"


class Missed(StrEnum):
    """Why a question was not served as it should be."""

    REFUSED = "refused"
    ASKED_BACK = "asked_back"
    REASKED = "reasked"
    HANDED_OVER = "handed_over"
    RATED_BAD = "rated_bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    kind: MarkKind
    value: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedQuestion:
    """``entries``: the answered one, or those offered; ``marks``: oldest first. ``at`` is aware."""

    key: QuestionKey
    conversation_id: str
    channel: str
    text: str
    reaction: Reaction
    rule: str
    probability: float
    at: datetime
    entries: tuple[EntryId, ...] = ()
    version: str | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def exact_key(self) -> str:
        """Equal for questions that say the same; empty for a text without words."""
        return exact_key(tidy(self.text))

    @property
    def chosen(self) -> EntryId | None:
        """The entry that the customer picked last."""
        values = [mark.value for mark in self.marks if mark.kind is MarkKind.CHOSEN]
        return EntryId(values[-1]) if values else None

    @property
    def answered_by(self) -> EntryId | None:
        return self.entries[0] if self.reaction is Reaction.ANSWERED and self.entries else None

    @property
    def leans(self) -> bool:
        """Whether it was understood by the question before it: its text alone (那运费呢) says nothing to learn from."""
        return self.rule == Rule.FOLLOW_UP

    @property
    def missed(self) -> tuple[Missed, ...]:
        """Every reason, in the order of ``Missed``; none: it was served."""
        kinds = {mark.kind for mark in self.marks}
        ratings = [mark.value for mark in self.marks if mark.kind is MarkKind.RATED]
        found = {
            Missed.REFUSED: self.reaction is Reaction.REFUSED,
            Missed.ASKED_BACK: self.reaction is Reaction.ASKED,
            Missed.REASKED: MarkKind.REASKED in kinds,
            Missed.HANDED_OVER: MarkKind.HANDED_OVER in kinds,
            Missed.RATED_BAD: ratings[-1:] == [BAD],
        }
        return tuple(reason for reason, holds in found.items() if holds)


def asked_in_vain(questions: Sequence[LoggedQuestion]) -> tuple[LoggedQuestion, ...]:
    """The missed questions that have words, say by themselves what they ask, and found an index that could have
    answered them.
    """
    return tuple(
        question
        for question in questions
        if question.missed and question.version is not None and question.exact_key and not question.leans
    )
