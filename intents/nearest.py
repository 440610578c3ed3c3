"""Choosing an intent by the examples most like a message. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from intents.understanding import FAQ

NEIGHBOURS = 3
"""An intent is as near as the mean of its so many nearest examples: one alone may be a chance likeness."""

ALIKE = 0.92
"""Cosine below which an intent says nothing (docs/intents.md tells how it was measured, and with what)."""

MARGIN_SCALE = 0.05
"""Cosine by which the winner must be nearer than the next intent to be 73 % sure (a logistic curve)."""


def choose(similarities: NDArray[np.float32], labels: Sequence[str]) -> tuple[str, float]:
    """The intent nearest to a message, and how sure that is: 0.5 where two intents are equally near.

    ``similarities`` are cosines to the examples, ``labels`` their intents. What is unlike every example of the other
    intents is a question for the knowledge base, for sure.
    """
    nearness = {label: _nearness(similarities, labels, label) for label in dict.fromkeys(labels)}
    winner = max(nearness, key=lambda label: nearness[label])
    if winner == FAQ or nearness[winner] < ALIKE:
        return FAQ, 1.0
    runner_up = max((near for label, near in nearness.items() if label != winner), default=0.0)
    return winner, 1 / (1 + math.exp(-(nearness[winner] - runner_up) / MARGIN_SCALE))


def _nearness(similarities: NDArray[np.float32], labels: Sequence[str], label: str) -> float:
    mine = similarities[np.fromiter((other == label for other in labels), dtype=bool, count=len(labels))]
    return float(np.sort(mine)[-NEIGHBOURS:].mean())
