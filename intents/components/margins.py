"""One straight line per intent: on which side of it a text lies, and how far. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from intents.components.training_set import TrainingSet

C = 0.5
"""How much a text on the wrong side counts against a simple line; by cross-validation (docs/rasa.md)."""

FOLDS = 5

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """``slopes`` (features, intents + 1), ``offsets`` (intents + 1,). The last line tells whether the text is for us
    at all.
    """

    slopes: NDArray[np.float32]
    offsets: NDArray[np.float32]

    def margins(self, matrix: sparse.csr_matrix) -> Numbers:
        """(texts, intents + 1); above 0 is the intent's side."""
        return np.asarray(matrix @ self.slopes + self.offsets, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """How margins become a probability that the intent is right: a logistic curve over three figures."""

    weights: tuple[float, ...]
    offset: float

    def of(self, margins: Numbers) -> Numbers:
        """(texts, intents): each intent's probability by itself; they need not add up to 1."""
        figures = _figures(margins)
        return np.asarray(1 / (1 + np.exp(-(figures @ np.array(self.weights) + self.offset))))


def draw_lines(matrix: sparse.csr_matrix, texts: TrainingSet) -> Lines:
    """The lines that separate each intent's texts from all others, and ours from those that are not for us."""
    sides = [texts.labels == place for place in range(len(texts.intents))]
    fitted = [LinearSVC(C=C).fit(matrix, side, sample_weight=texts.weights) for side in sides]
    fitted.append(LinearSVC(C=C).fit(matrix, texts.labels >= 0))
    return Lines(
        slopes=np.stack([line.coef_[0] for line in fitted], axis=1).astype(np.float32),
        offsets=np.array([line.intercept_[0] for line in fitted], dtype=np.float32),
    )


def unseen_margins(matrix: sparse.csr_matrix, texts: TrainingSet) -> Numbers:
    """(texts, intents + 1), each from lines that did not see the text: each fifth in turn, texts alike never apart."""
    margins = np.zeros((len(texts.labels), len(texts.intents) + 1))
    for seen, unseen in GroupKFold(FOLDS).split(matrix, groups=texts.groups):
        margins[unseen] = draw_lines(matrix[seen], texts.only(seen)).margins(matrix[unseen])
    return margins


def find_certainty(margins: Numbers, texts: TrainingSet) -> Certainty:
    """Learned from ``unseen_margins``: how often the best intent is right."""
    best = margins[:, :-1].argmax(axis=1)
    figures = _figures(margins)[np.arange(len(best)), best]
    curve = LogisticRegression(C=10, max_iter=1000)
    curve.fit(figures, best == texts.labels, sample_weight=texts.weights_in_life)
    return Certainty(weights=tuple(map(float, curve.coef_[0])), offset=float(curve.intercept_[0]))


def _figures(margins: Numbers) -> Numbers:
    """(texts, intents, 3): the intent's margin, how far it is ahead of the best other one, and the last line's."""
    of_intents = margins[:, :-1]
    ordered = np.sort(of_intents, axis=1)
    first, second = ordered[:, -1:], ordered[:, -2:-1]
    rival = np.where(of_intents == first, second, first)
    for_us = np.broadcast_to(margins[:, -1:], of_intents.shape)
    return np.stack([of_intents, of_intents - rival, for_us], axis=2)
