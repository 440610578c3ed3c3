"""What is right for a question, as people said it or as customers showed it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knowledge_base.entry import EntryId
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.mining.questions import BAD, GOOD, LoggedQuestion, Mark, MarkKind, QuestionKey
from knowledge_base.text import exact_key, tidy


class Judgement(StrEnum):
    """Values are stored; never rename them.

    RIGHT and WRONG judge the answer of an entry; SHOULD_BE names the entry that answers; NO_ENTRY: none does, the
    question must be refused.
    """

    RIGHT = "right"
    WRONG = "wrong"
    SHOULD_BE = "should_be"
    NO_ENTRY = "no_entry"


class LabelSource(StrEnum):
    """Who said it, the strongest first. Values are stored; never rename them.

    CHOICE: the customer picked the entry. REASK: they asked again, or for a person, after an answer.
    """

    EDITOR = "editor"
    AGENT = "agent"
    RATING = "rating"
    CHOICE = "choice"
    REASK = "reask"


_STRENGTH = {source: len(LabelSource) - place for place, source in enumerate(LabelSource)}
_OF_CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """``entry_id``: which entry is judged; None with NO_ENTRY alone. ``text``: without personal data. ``at``: aware."""

    text: str
    judgement: Judgement
    entry_id: EntryId | None
    source: LabelSource
    author: str
    at: datetime
    question: QuestionKey | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("at must be timezone-aware")
        if (self.entry_id is None) != (self.judgement is Judgement.NO_ENTRY):
            raise ValueError("every judgement but NO_ENTRY is about an entry")


def implied_labels(questions: Iterable[LoggedQuestion]) -> tuple[Label, ...]:
    """What customers showed: a choice, a rating of an answer, or that they asked on after it. Questions that lean on
    another one show nothing: the same text is right for another entry elsewhere.
    """
    return tuple(
        label
        for question in questions
        if not question.leans
        for mark in question.marks
        for label in _implied(question, mark)
    )


def labels_that_count(labels: Iterable[Label]) -> Mapping[str, Label]:
    """By exact key, for each question the last label of its strongest source."""
    counting: dict[str, Label] = {}
    for label in sorted(labels, key=lambda label: (_STRENGTH[label.source], label.at)):
        key = exact_key(tidy(label.text))
        if key:
            counting[key] = label
    return counting


def labelled_questions(
    labels: Iterable[Label], known: Collection[EntryId] | None = None
) -> tuple[LabelledQuestion, ...]:
    """Questions whose right entry is known, or known not to be there, by their text.

    One whose answer is only known to be wrong says nothing of what is right and is left out; so is one whose entry is
    not among the ``known`` ids any more.
    """
    found = [label for label in labels_that_count(labels).values() if label.judgement is not Judgement.WRONG]
    return tuple(
        LabelledQuestion(text=label.text, expected=_expected(label))
        for label in sorted(found, key=lambda label: label.text)
        if label.entry_id is None or known is None or label.entry_id in known
    )


def known_wrong(labels: Iterable[Label]) -> Mapping[str, EntryId]:
    """By exact key, the entry that does not answer the question."""
    return {
        key: label.entry_id
        for key, label in labels_that_count(labels).items()
        if label.judgement is Judgement.WRONG and label.entry_id is not None
    }


def _expected(label: Label) -> frozenset[EntryId]:
    return frozenset() if label.entry_id is None else frozenset({label.entry_id})


def _implied(question: LoggedQuestion, mark: Mark) -> Sequence[Label]:
    found = _shown(question, mark)
    if found is None:
        return ()
    judgement, entry_id, source = found
    return (
        Label(
            text=question.text,
            judgement=judgement,
            entry_id=entry_id,
            source=source,
            author=_OF_CUSTOMER,
            at=mark.at,
            question=question.key,
        ),
    )


def _shown(question: LoggedQuestion, mark: Mark) -> tuple[Judgement, EntryId, LabelSource] | None:
    answered = question.answered_by
    if mark.kind is MarkKind.CHOSEN:
        return Judgement.SHOULD_BE, EntryId(mark.value), LabelSource.CHOICE
    if answered is None:
        return None
    if mark.kind is not MarkKind.RATED:
        return Judgement.WRONG, answered, LabelSource.REASK
    judgement = {GOOD: Judgement.RIGHT, BAD: Judgement.WRONG}.get(mark.value)
    return None if judgement is None else (judgement, answered, LabelSource.RATING)
