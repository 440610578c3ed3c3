"""What an index makes of questions whose right answers are known: labelled ones, and its own phrasings, left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.answering import objection
from knowledge_base.calibration import Calibration
from knowledge_base.embedder.port import Embedder
from knowledge_base.features import features_of
from knowledge_base.index.version import Finding, IndexVersion
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.second_look import second_look
from knowledge_base.text import exact_key, tidy

MOST_PHRASINGS = 2000
"""Phrasings that are left out one by one; two to four seconds' work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One question. ``probability``: that the first entry is right, as the calibration has it; ``right``: whether it
    is; ``objected``: it would not be answered with, however probable; ``in_scope``: some entry is right.
    """

    text: str
    probability: float
    right: bool
    objected: bool
    in_scope: bool


def evidence_of_phrasings(
    index: IndexVersion,
    calibration: Calibration,
    *,
    most: int = MOST_PHRASINGS,
    among: Callable[[str], bool] = lambda tidied: True,
) -> tuple[Evidence, ...]:
    """Asks stored phrasings as if they were not stored: of at most so many, evenly chosen, those ``among`` likes.

    An editor's phrasings are written to differ from one another, so this is harder than what customers ask of the
    whole. Entries with a single phrasing cannot be asked this way.
    """
    every = max(1, -(-index.manifest.phrasings // most))
    chosen = range(0, index.manifest.phrasings, every)
    found = []
    for row in chosen:
        entry, phrasing = index.phrasing(row)
        tidied = tidy(phrasing)
        if len(entry.phrasings) > 1 and among(tidied):
            finding = index.search(index.vector(row), tidied, without=row)
            found.append(_judged(tidied, finding, frozenset({entry.id}), calibration))
    return tuple(each for each in found if each is not None)


def evidence_of_labels(
    index: IndexVersion, embedder: Embedder, labels: Sequence[LabelledQuestion], calibration: Calibration
) -> tuple[Evidence, ...]:
    """Asks labelled questions; those that are stored as they are prove nothing and are left out."""
    asked = [(tidy(label.text), label) for label in labels]
    asked = [(tidied, label) for tidied, label in asked if tidied and not index.exact(exact_key(tidied))]
    if not asked:
        return ()
    tidied = [index.respelled(text) for text, _ in asked]
    findings = index.search_all(embedder.encode(tidied), tidied)
    found = [
        _judged(text, finding, label.expected, calibration)
        for text, finding, (_, label) in zip(tidied, findings, asked, strict=True)
    ]
    return tuple(each for each in found if each is not None)


def _judged(
    tidied: str, finding: Finding, expected: frozenset[str], calibration: Calibration
) -> Evidence | None:
    if not finding.matches:
        return None
    first = finding.matches[0]
    return Evidence(
        text=tidied,
        probability=calibration.first.probability(features_of(tidied, finding)),
        right=first.entry.id in expected,
        objected=objection(tidied, first) is not None
        or second_look(finding.matches, answers=True)[0].entry.id != first.entry.id,
        in_scope=bool(expected),
    )


def as_arrays(evidence: Sequence[Evidence]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """``probability`` and ``right`` of what could be answered, (examples,) each."""
    answerable = [each for each in evidence if not each.objected]
    return (
        np.array([each.probability for each in answerable], dtype=np.float64),
        np.array([each.right for each in answerable], dtype=bool),
    )
