"""The texts that the classifier learns from, each with its intent or none. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from intents.components.background import Background
from intents.components.sentence_encoder import Floats, SentenceEncoder

SAME = 0.92
"""Cosine above which a background text says what an example of an intent says; it is left out then."""

ALIKE = 0.85
"""Cosine above which background texts are ways to say one thing."""

NOT_FOR_US, QUESTION = 0.5, 0.3
"""What a background text counts beside an example of an intent, which counts 1."""

Flags = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSet:
    """``labels``: places in ``intents``, -1 for none. ``groups``: texts alike share a number. ``weights`` are for the
    lines, ``weights_in_life`` for the certainty, where texts that are not for us count in full.
    """

    intents: tuple[str, ...]
    texts: tuple[str, ...]
    meanings: Floats
    labels: Flags
    groups: Flags
    weights: NDArray[np.float64]
    weights_in_life: NDArray[np.float64]

    def only(self, places: Flags) -> TrainingSet:
        return TrainingSet(
            intents=self.intents,
            texts=tuple(self.texts[place] for place in places),
            meanings=self.meanings[places],
            labels=self.labels[places],
            groups=self.groups[places],
            weights=self.weights[places],
            weights_in_life=self.weights_in_life[places],
        )


def gather(
    texts: Sequence[str], intents: Sequence[str], background: Background, encode: SentenceEncoder
) -> TrainingSet:
    """Examples and background together; background that says the same as an example is left out."""
    names = tuple(sorted(set(intents)))
    meanings = encode.encode(texts)
    others = [*background.not_for_us, *background.questions]
    of_others = encode.encode(others)
    kept = np.flatnonzero((of_others @ meanings.T).max(axis=1) < SAME)
    is_question = kept >= len(background.not_for_us)
    alike = sparse.csr_matrix(of_others[kept] @ of_others[kept].T > ALIKE)
    _, groups = connected_components(alike)
    ones = np.ones(len(texts))
    return TrainingSet(
        intents=names,
        texts=(*texts, *(others[place] for place in kept)),
        meanings=np.vstack([meanings, of_others[kept]]),
        labels=np.array([*(names.index(intent) for intent in intents), *([-1] * len(kept))]),
        groups=np.concatenate([_spread(intents), groups + len(texts)]),
        weights=np.concatenate([ones, np.where(is_question, QUESTION, NOT_FOR_US)]),
        weights_in_life=np.concatenate([ones, np.where(is_question, QUESTION, 1.0)]),
    )


def _spread(intents: Sequence[str]) -> Flags:
    """Each example is a group of its own."""
    return np.arange(len(intents))
