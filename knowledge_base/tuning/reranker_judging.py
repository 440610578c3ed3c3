"""Whether a tuned reranker is better than the one in use, on questions that it was not tuned on. Needs no torch."""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.answering import Policy, choose
from knowledge_base.decision import Answer, Verdict
from knowledge_base.editing.asking import index_of
from knowledge_base.editing.trial import WORTH, Outcome, outcome_of
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry, EntryId
from knowledge_base.index.version import Finding, IndexVersion
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.reranker.looking_again import SecondStage
from knowledge_base.text import exact_key, tidy
from knowledge_base.tuning.holding_out import is_held_out

_MOST = 1500
_LEFT_OUT = 7
_SURE = 1.645
"""Standard errors: one-sided 95 %, as for the bound on wrong answers."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """A tidied question, what the index has for it, and the entries that answer it; none: it must be refused."""

    text: str
    finding: Finding
    expected: frozenset[EntryId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a reranker does. ``right_first``: share of the questions in scope whose entry comes first after the second
    look; ``coverage``: share of them answered outright; ``offered``: asked back with the right entry shown; ``wrong``:
    share of all answers that are wrong; ``worth``: mean of ``editing.trial.WORTH`` over all questions.
    """

    right_first: float
    coverage: float
    offered: float
    wrong: float
    worth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankerComparison:
    """``without``: with no reranker at all. ``gain``: of ``worth``, from before to after, ``chance`` what of it chance
    alone may be. ``lost``: questions that are worth less with the tuned one, the worst first.
    """

    questions: int
    without: Standing
    before: Standing
    after: Standing
    gain: float
    chance: float
    lost: tuple[str, ...]

    @property
    def better(self) -> bool:
        """Questions are worth more, by more than chance explains, no more of the answers are wrong, and the right entry
        comes first at least as often.
        """
        return (
            self.gain > self.chance
            and self.after.wrong <= self.before.wrong
            and self.after.right_first >= self.before.right_first
        )


def held_out(
    entries: Sequence[Entry], labels: Sequence[LabelledQuestion], embedder: Embedder
) -> tuple[HeldOut, ...]:
    """Held-out phrasings, asked as if they were not stored, and labels; and phrasings whose entry is not there (one
    entry in seven is taken away). In an order drawn at random, so that the first of them stand for all.

    Standard questions are not asked, since the tuning sees them.
    """
    kept = [entry for entry in entries if not _is_away(entry)]
    unanswerable = [
        LabelledQuestion(text=text, expected=frozenset())
        for entry in entries
        if _is_away(entry)
        for text in entry.similar
        if is_held_out(text)
    ]
    held_labels = [label for label in labels if is_held_out(label.text)]
    with index_of(entries, embedder) as index:
        found = [*_phrasings(index), *_labelled(index, embedder, held_labels)]
    with index_of(kept, embedder) as index:
        found += _labelled(index, embedder, unanswerable)
    drawn = random.Random(1).sample(found, len(found))  # noqa: S311 - draws questions
    return tuple(drawn[:_MOST])


def compare_rerankers(
    asked: Sequence[HeldOut],
    before: SecondStage | None,
    after: SecondStage | None,
    policy: Policy,
    *,
    seconds: float,
    progress: Progress,
    clock: Callable[[], float] = time.monotonic,
) -> RerankerComparison:
    """Has both look at the questions, one after the other, until all are done or ``seconds`` are over."""
    started = clock()
    judged: list[tuple[HeldOut, Verdict, Verdict, Verdict]] = []
    for done, each in enumerate(asked, 1):
        without, was, now = (_judged(each, stage, policy) for stage in (None, before, after))
        judged.append((each, without, was, now))
        progress(done, len(asked))
        if clock() - started >= seconds:
            break
    questions = [each for each, *_ in judged]
    sides = [[verdicts[side] for _, *verdicts in judged] for side in range(3)]
    differences = [_worth(each, now) - _worth(each, was) for each, _, was, now in judged]
    error = float(np.std(differences, ddof=1)) / len(judged) ** 0.5 if len(judged) > 1 else 0.0
    lost = sorted(
        (difference, each.text)
        for difference, each in zip(differences, questions, strict=True)
        if difference < 0
    )
    return RerankerComparison(
        questions=len(judged),
        without=_standing(questions, sides[0]),
        before=_standing(questions, sides[1]),
        after=_standing(questions, sides[2]),
        gain=round(float(np.mean(differences)), 6) if judged else 0.0,
        chance=round(_SURE * error, 6),
        lost=tuple(text for _, text in lost),
    )


def _is_away(entry: Entry) -> bool:
    return zlib.crc32(entry.id.encode()) % _LEFT_OUT == 0


def _phrasings(index: IndexVersion) -> Iterator[HeldOut]:
    for row in range(index.manifest.phrasings):
        entry, phrasing = index.phrasing(row)
        tidied = tidy(phrasing)
        # What several entries hold is asked back whatever a reranker says.
        alone = len(index.exact(exact_key(tidied))) == 1
        if phrasing != entry.question and alone and is_held_out(phrasing):
            finding = index.search(index.vector(row), tidied, without=row)
            yield HeldOut(text=tidied, finding=finding, expected=frozenset({entry.id}))


def _labelled(
    index: IndexVersion, embedder: Embedder, labels: Sequence[LabelledQuestion]
) -> Iterator[HeldOut]:
    asked = [(index.respelled(tidy(label.text)), label) for label in labels]
    asked = [(tidied, label) for tidied, label in asked if tidied and not index.exact(exact_key(tidied))]
    if not asked:
        return
    texts = [tidied for tidied, _ in asked]
    findings = index.search_all(embedder.encode(texts), texts)
    for (tidied, label), finding in zip(asked, findings, strict=True):
        yield HeldOut(text=tidied, finding=finding, expected=label.expected)


def _judged(asked: HeldOut, stage: SecondStage | None, policy: Policy) -> Verdict:
    finding = stage.looked_again(asked.text, asked.finding) if stage else asked.finding
    return choose(asked.text, finding, (), policy)


def _worth(asked: HeldOut, verdict: Verdict) -> float:
    return WORTH[outcome_of(verdict.decision, asked.expected)]


def _standing(asked: Sequence[HeldOut], verdicts: Sequence[Verdict]) -> Standing:
    both = list(zip(asked, verdicts, strict=True))
    inside = [(each, verdict) for each, verdict in both if each.expected]
    answered = [(each, verdict) for each, verdict in both if isinstance(verdict.decision, Answer)]
    outcomes = [outcome_of(verdict.decision, each.expected) for each, verdict in inside]
    return Standing(
        right_first=_share(
            sum(
                bool(verdict.ranked) and verdict.ranked[0].entry_id in each.expected
                for each, verdict in inside
            ),
            len(inside),
        ),
        coverage=_share(sum(isinstance(verdict.decision, Answer) for _, verdict in inside), len(inside)),
        offered=_share(outcomes.count(Outcome.OFFERED), len(inside)),
        wrong=_share(
            sum(outcome_of(verdict.decision, each.expected) is Outcome.WRONG for each, verdict in answered),
            len(answered),
        ),
        worth=round(sum(_worth(each, verdict) for each, verdict in both) / len(both), 6) if both else 0.0,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
