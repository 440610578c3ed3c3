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
    repeated: float = 1.0,
) -> Iterator[CutOff]:
    """For each bound the least probability from which on the answers together keep within it, chance allowed for.

    ``probabilities``, ``right`` and ``weights`` are of what would be answered, (examples,); each question is among them
    ``repeated`` times. With fewer than ``FEWEST`` examples nothing can be said: the cut-off is above 1.
    """
    order = np.argsort(-probabilities, kind="stable")
    wrong = np.cumsum((weights * ~right)[order]) / np.cumsum(weights[order])
    upper = upper_ends(wrong, np.arange(1, len(order) + 1) / repeated)
    for bound in bounds:
        within = np.flatnonzero(upper <= bound)
        last = int(within[-1]) if len(within) else -1
        enough = last + 1 >= FEWEST * repeated
        yield CutOff(
            max_wrong_rate=bound, probability=round(float(probabilities[order[last]]), 4) if enough else NEVER
        )


NEVER = 1.01
"""A probability that nothing reaches."""
