"""How well questions are answered, from the log and its labels. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from conversations.questions import Reaction
from knowledge_base.entry import EntryId
from knowledge_base.mining.labels import Judgement, Label, LabelSource, labels_that_count
from knowledge_base.mining.questions import LoggedQuestion, Missed
from knowledge_base.text import exact_key, tidy

CONFIDENCE = 0.95
BY_PEOPLE = frozenset({LabelSource.EDITOR, LabelSource.AGENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Of different answered questions that have a label, how many were ``right`` and ``wrong``."""

    right: int
    wrong: int

    @property
    def count(self) -> int:
        return self.right + self.wrong

    @property
    def share(self) -> float | None:
        """Of the wrong; None without any."""
        return self.wrong / self.count if self.count else None

    @property
    def at_most(self) -> float:
        """What the share of wrong answers is below with 95 % confidence, one-sided; 1 without any label."""
        return upper_bound(self.wrong, self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """``reactions`` and ``missed`` count askings; ``wrong``: the texts of different questions answered wrongly."""

    asked: int
    reactions: Mapping[Reaction, int]
    missed: Mapping[Missed, int]
    by_people: Judged
    by_customers: Judged
    wrong: tuple[str, ...]

    def share(self, count: int) -> float:
        return count / self.asked if self.asked else 0.0


def quality_of(questions: Sequence[LoggedQuestion], labels: Iterable[Label]) -> Quality:
    """``questions``: those of the period; ``labels``: those of people and those that customers implied."""
    labels = tuple(labels)
    people = [label for label in labels if label.source in BY_PEOPLE]
    customers = [label for label in labels if label.source not in BY_PEOPLE]
    judged, wrong = _judged(questions, people)
    return Quality(
        asked=len(questions),
        reactions={reaction: sum(each.reaction is reaction for each in questions) for reaction in Reaction},
        missed=Counter(reason for each in questions for reason in each.missed),
        by_people=judged,
        by_customers=_judged(questions, customers)[0],
        wrong=tuple(wrong),
    )


def is_right(answered: EntryId, label: Label) -> bool | None:
    """Whether the entry was the right answer; None: the label is about another entry's answer and does not say."""
    match label.judgement:
        case Judgement.NO_ENTRY:
            return False
        case Judgement.SHOULD_BE:
            return label.entry_id == answered
        case Judgement.RIGHT | Judgement.WRONG:
            same = label.entry_id == answered
            return (label.judgement is Judgement.RIGHT) if same else None


def upper_bound(wrong: int, count: int, confidence: float = CONFIDENCE) -> float:
    """The upper end of the one-sided interval for a share, ``wrong`` of ``count``.

    Source: C. J. Clopper and E. S. Pearson, The use of confidence or fiducial limits illustrated in the case of the
    binomial, Biometrika 26 (1934). The share at which so few wrong ones or fewer would be seen in 5 of 100 samples.
    """
    if wrong >= count:
        return 1.0
    low, high = wrong / count, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(wrong, count, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(most: int, count: int, share: float) -> float:
    """The probability of ``most`` or fewer in ``count`` draws, each with the probability ``share``."""
    whole = math.lgamma(count + 1)
    return (
        math.fsum(
            math.exp(
                whole
                - math.lgamma(k + 1)
                - math.lgamma(count - k + 1)
                + k * math.log(share)
                + (count - k) * math.log1p(-share)
            )
            for k in range(most + 1)
        )
        if 0 < share < 1
        else float(share <= 0)
    )


def _judged(questions: Sequence[LoggedQuestion], labels: Collection[Label]) -> tuple[Judged, list[str]]:
    """Equal questions with one answer count once: they are no further proof. Of those that lean on another question
    labels say nothing.
    """
    counting = labels_that_count(labels)
    right: set[tuple[str, EntryId]] = set()
    wrong: dict[tuple[str, EntryId], str] = {}
    for question in questions if counting else ():
        answered = question.answered_by
        if answered is None or question.leans:
            continue
        key = exact_key(tidy(question.text))
        label = counting.get(key)
        verdict = None if label is None else is_right(answered, label)
        if verdict is True:
            right.add((key, answered))
        elif verdict is False:
            wrong[key, answered] = question.text
    return Judged(right=len(right), wrong=len(wrong)), list(wrong.values())
