"""What a change of the entries does to questions whose right answers are known. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.decision import Answer, Ask, Decision, Refuse
from knowledge_base.editing.revisions import Gate
from knowledge_base.entry import EntryId


class Outcome(StrEnum):
    """What came of a question. OFFERED: asked back with the right entry among the choices; ASKED: without it."""

    RIGHT = "right"
    OFFERED = "offered"
    ASKED = "asked"
    REFUSED = "refused"
    WRONG = "wrong"


WORTH: Mapping[Outcome, float] = {
    Outcome.RIGHT: 1.0,
    Outcome.OFFERED: 0.5,
    Outcome.ASKED: 0.0,
    Outcome.REFUSED: 0.0,
    Outcome.WRONG: -4.0,
}
"""A wrong answer does as much harm as four right ones do good: customers act on it. The number is a choice."""


class Source(StrEnum):
    """Where a question comes from: a stored phrasing, asked as if it were not stored, or the labelled log."""

    PHRASING = "phrasing"
    LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A question before and after the change. ``entry_id``: whose phrasing it is; ``said``: the entries that the
    customer gets to see afterwards.
    """

    text: str
    source: Source
    was: Outcome
    now: Outcome
    entry_id: EntryId | None = None
    said: tuple[EntryId, ...] = ()

    @property
    def difference(self) -> float:
        return WORTH[self.now] - WORTH[self.was]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """``counts``: every outcome; ``worth``: the mean of ``WORTH``, 1 at best; 0 for no questions."""

    counts: Mapping[Outcome, int]
    worth: float

    @property
    def questions(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """``lost``: questions that are worth less afterwards, the worst first; ``gained``: those that are worth more.
    ``before`` and ``after``: of all questions together; ``judged``: how many were asked anew, the rest was known.
    """

    lost: tuple[Tried, ...]
    gained: tuple[Tried, ...]
    before: Figures
    after: Figures
    judged: int = 0

    @property
    def newly_wrong(self) -> int:
        return sum(tried.now is Outcome.WRONG for tried in self.lost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """``why``: for the editor, also when it is granted."""

    granted: bool
    needs_reason: bool
    why: str


def outcome_of(decision: Decision, expected: frozenset[EntryId]) -> Outcome:
    """What came of a question that ``expected`` entries answer; none: it must be refused."""
    match decision:
        case Answer(candidate=candidate):
            return Outcome.RIGHT if candidate.entry_id in expected else Outcome.WRONG
        case Ask(candidates=candidates):
            offered = any(candidate.entry_id in expected for candidate in candidates)
            return Outcome.OFFERED if offered else Outcome.ASKED
        case Refuse():
            return Outcome.REFUSED if expected else Outcome.RIGHT


def said_by(decision: Decision) -> tuple[EntryId, ...]:
    """The entries that the customer gets to see."""
    match decision:
        case Answer(candidate=candidate):
            return (candidate.entry_id,)
        case Ask(candidates=candidates):
            return tuple(candidate.entry_id for candidate in candidates)
        case Refuse():
            return ()


def judge_trial(tried: Sequence[Tried], *, judged: int = 0) -> Trial:
    """Sums up; questions that lose most come first, others in their order."""
    ordered = sorted(tried, key=lambda each: each.difference)
    return Trial(
        lost=tuple(each for each in ordered if each.difference < 0),
        gained=tuple(each for each in reversed(ordered) if each.difference > 0),
        before=_figures([each.was for each in tried]),
        after=_figures([each.now for each in tried]),
        judged=judged,
    )


def may_publish(trial: Trial, reason: str) -> Permission:
    """A change that loses nothing may be published; one that loses something needs a reason."""
    if not trial.lost:
        return Permission(granted=True, needs_reason=False, why=f"{trial.after.questions} 个问题都没有变差")
    loss = f"{len(trial.lost)} 个问题变差，其中 {trial.newly_wrong} 个会答错"
    if reason.strip():
        return Permission(granted=True, needs_reason=True, why=f"{loss}；理由：{reason.strip()}")
    return Permission(granted=False, needs_reason=True, why=f"{loss}；写明理由才能发布")


def gate_of(trial: Trial) -> Gate:
    """The trial as a revision keeps it."""
    return Gate(
        questions=trial.after.questions,
        lost=tuple(tried.text for tried in trial.lost),
        gained=tuple(tried.text for tried in trial.gained),
        worth_before=trial.before.worth,
        worth_after=trial.after.worth,
    )


def _figures(outcomes: Sequence[Outcome]) -> Figures:
    counts = Counter(outcomes)
    worth = sum(WORTH[outcome] * count for outcome, count in counts.items()) / max(1, len(outcomes))
    return Figures(counts={outcome: counts[outcome] for outcome in Outcome}, worth=round(worth, 6))
