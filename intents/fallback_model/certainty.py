"""How margins become a probability that an intent is right: a logistic curve. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """``weights`` of the four figures of ``figures``."""

    weights: tuple[float, ...]
    offset: float

    def of(self, margins: Numbers, asks_how: Numbers) -> Numbers:
        """(texts, intents): each intent's probability by itself; they need not add up to 1."""
        return np.asarray(
            1 / (1 + np.exp(-(figures(margins, asks_how) @ np.array(self.weights) + self.offset)))
        )


def figures(margins: Numbers, asks_how: Numbers) -> Numbers:
    """(texts, intents, 4): an intent's margin, how far ahead of the best other one it is; whether the text is for us,
    and whether it asks how things work.

    ``margins``: (texts, intents + 1); the last says whether the text is for us at all. ``asks_how``: (texts,), 1
    where it does, else 0.
    """
    of_intents = margins[:, :-1]
    ordered = np.sort(of_intents, axis=1)
    first, second = ordered[:, -1:], ordered[:, -2:-1]
    rival = np.where(of_intents == first, second, first)
    for_us = np.broadcast_to(margins[:, -1:], of_intents.shape)
    how = np.broadcast_to(asks_how[:, None], of_intents.shape)
    return np.stack([of_intents, of_intents - rival, for_us, how], axis=2)
