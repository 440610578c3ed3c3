"""Choosing an intent by the examples most like a message."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from intents.understanding import FAQ

NEIGHBOURS = 7
ALIKE = 0.90
"""Cosine below which the nearest example says nothing. Measured with the default embedder, see docs/intents.md."""
SHARPNESS = 0.03
"""Cosine by which a neighbour may be further away before it counts only a third (1/e)."""


def vote(similarities: NDArray[np.float32], labels: Sequence[str]) -> tuple[str, float]:
    """The intent that the nearest examples vote for, and its share of the votes.

    Everything unlike the examples is a question for the knowledge base, for sure.
    """
    nearest = np.argsort(-similarities)[:NEIGHBOURS]
    best = float(similarities[nearest[0]])
    if best < ALIKE:
        return FAQ, 1.0
    votes: dict[str, float] = {}
    for index in nearest:
        weight = float(np.exp((similarities[index] - best) / SHARPNESS))
        votes[labels[index]] = votes.get(labels[index], 0.0) + weight
    winner = max(votes, key=lambda label: votes[label])
    return winner, votes[winner] / sum(votes.values())
