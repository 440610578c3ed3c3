"""Whether a tuned embedder is better than the one in use, on questions that it was not tuned on. Needs no torch."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge_base.calibrating.evidence import Evidence, as_arrays, evidence_of_labels, evidence_of_phrasings
from knowledge_base.calibration import Calibration, CutOff
from knowledge_base.editing.asking import index_of
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.tuning.holding_out import is_held_out

_MOST = 20_000
_LEFT_OUT = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an embedder does on the held-out questions. ``right_first``: share of those in scope whose entry comes first;
    ``coverage``: share of them answered outright; ``wrong``: share of all answers that are wrong.
    """

    right_first: float
    coverage: float
    wrong: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """``lost``: questions that the embedder in use answers rightly and the tuned one wrongly."""

    questions: int
    before: Standing
    after: Standing
    lost: tuple[str, ...]

    @property
    def better(self) -> bool:
        """More is answered, no more of it wrongly, and the right entry comes first at least as often."""
        return (
            self.after.coverage > self.before.coverage
            and self.after.wrong <= self.before.wrong
            and self.after.right_first >= self.before.right_first
        )


def held_out_evidence(
    entries: Sequence[Entry],
    labels: Sequence[LabelledQuestion],
    embedder: Embedder,
    calibration: Calibration,
) -> tuple[Evidence, ...]:
    """What the embedder makes of held-out phrasings and labels, and of phrasings whose entry is not there (one entry in
    seven is taken away): those must not be answered.
    """
    kept = [entry for entry in entries if zlib.crc32(entry.id.encode()) % _LEFT_OUT]
    away = [entry for entry in entries if zlib.crc32(entry.id.encode()) % _LEFT_OUT == 0]
    unanswerable = [
        LabelledQuestion(text=phrasing, expected=frozenset())
        for entry in away
        for phrasing in entry.phrasings
        if is_held_out(phrasing)
    ]
    held_labels = [label for label in labels if is_held_out(label.text)]
    with index_of(entries, embedder) as index:
        inside = evidence_of_phrasings(index, calibration, most=_MOST, among=is_held_out)
        labelled = evidence_of_labels(index, embedder, held_labels, calibration)
    with index_of(kept, embedder) as index:
        outside = evidence_of_labels(index, embedder, unanswerable, calibration)
    return (*inside, *labelled, *outside)


def as_risky(calibration: Calibration, before: Sequence[Evidence], after: Sequence[Evidence]) -> Calibration:
    """Each cut-off of ``calibration`` moved so that of the answers ``after`` no larger share is wrong than ``before``.

    Held-out phrasings are harder than what customers ask, so that the share itself says little, but the same share of
    the same questions is the same risk.
    """

    def moved(cut: CutOff) -> CutOff:
        return replace(cut, probability=_as_risky(cut.probability, before, after))

    tiers = [replace(tier, cut_offs=tuple(moved(cut) for cut in tier.cut_offs)) for tier in calibration.tiers]
    return replace(calibration, tiers=tuple(tiers))


def compare(
    before: Sequence[Evidence],
    after: Sequence[Evidence],
    cut_offs: tuple[float, float],
) -> Comparison:
    """``cut_offs``: least probability of an answer, before and after. Both are of the same questions in one order."""
    answers = [
        [_answered(each, cut_off) for each in side]
        for side, cut_off in zip((before, after), cut_offs, strict=True)
    ]
    lost = [
        now.text
        for was, now, said, says in zip(before, after, *answers, strict=True)
        if said and was.right and says and not now.right
    ]
    return Comparison(
        questions=len(before),
        before=_standing(before, cut_offs[0]),
        after=_standing(after, cut_offs[1]),
        lost=tuple(lost),
    )


def _as_risky(cut_off: float, before: Sequence[Evidence], after: Sequence[Evidence]) -> float:
    allowed = _standing(before, cut_off).wrong
    probabilities, right = as_arrays(after)
    order = np.argsort(-probabilities, kind="stable")
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    within = np.flatnonzero(wrong <= allowed)
    return round(float(probabilities[order[within[-1]]]), 4) if len(within) else 1.01


def _answered(each: Evidence, cut_off: float) -> bool:
    return each.probability >= cut_off and not each.objected


def _standing(evidence: Sequence[Evidence], cut_off: float) -> Standing:
    inside = [each for each in evidence if each.in_scope]
    answered = [each for each in evidence if _answered(each, cut_off)]
    return Standing(
        right_first=_share(sum(each.right for each in inside), len(inside)),
        coverage=_share(sum(_answered(each, cut_off) for each in inside), len(inside)),
        wrong=_share(sum(not each.right for each in answered), len(answered)),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
