"""The least probability from which on answers keep within a bound. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge_base.calibration import CutOff

BOUNDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3)
"""Shares of wrong answers that cut-offs are fitted for."""

ONE_SIDED = 1.645
"""Standard deviations that 95 % of a normal distribution lie below."""

FEWEST = 100
"""A handful of answers that happen to be right proves nothing; a cut-off stands on at least so many."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def upper_ends(wrong: Floats, answers: Floats) -> Floats:
    """Upper ends of the one-sided 95 % intervals of shares ``wrong`` of so many ``answers``, (n,), by Wilson's score.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    squared = ONE_SIDED**2
    middle = wrong + squared / (2 * answers)
    half = ONE_SIDED * np.sqrt(wrong * (1 - wrong) / answers + squared / (4 * answers**2))
    return np.asarray((middle + half) / (1 + squared / answers))


def fit_cut_offs(
    probabilities: Floats,
    right: Flags,
    weights: Floats,
    *,
    bounds: Sequence[float] = BOUNDS,
    questions: Numbers | None = None,
) -> Iterator[CutOff]:
    """For each bound the least probability from which on the answers together keep within it, chance allowed for.

    ``probabilities``, ``right`` and ``weights`` are of what would be answered, (examples,). ``questions`` numbers what
    was asked, (examples,): a question asked of several knowledge bases proves no more than once. None: all differ.
    With fewer than ``FEWEST`` questions nothing can be said: the cut-off is above 1.
    """
    order = np.argsort(-probabilities, kind="stable")
    wrong = np.cumsum((weights * ~right)[order]) / np.cumsum(weights[order])
    different = _different(np.arange(len(order)) if questions is None else questions[order])
    upper = upper_ends(wrong, different)
    for bound in bounds:
        within = np.flatnonzero((upper <= bound) & (different >= FEWEST))
        found = round(float(probabilities[order[within[-1]]]), 4) if len(within) else NEVER
        yield CutOff(max_wrong_rate=bound, probability=found)


def _different(questions: Numbers) -> Floats:
    """How many different ones the first so many are, (examples,)."""
    first = np.zeros(len(questions))
    first[np.unique(questions, return_index=True)[1]] = 1
    return np.asarray(np.cumsum(first))


NEVER = 1.01
"""A probability that nothing reaches."""
