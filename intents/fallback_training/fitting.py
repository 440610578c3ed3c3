"""Makes a model of texts: least squares over likenesses (kernel ridge), which gives cross-validation for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.linalg import lapack
from sklearn.linear_model import LogisticRegression

from intents.fallback_model.certainty import Certainty, Numbers, figures
from intents.fallback_model.features import Features, asks_how
from intents.fallback_model.likeness import MEANING, Known, together
from intents.fallback_model.model import Model
from intents.fallback_training.texts import QUESTION, Texts

SMOOTHING = 1.0
"""How much simpler the model is than the texts say; by cross-validation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """``unseen``: margins (texts, intents + 1) of each text by a model that saw neither it nor any text like it."""

    model: Model
    unseen: Numbers


def fit(texts: Texts, sounds: Mapping[str, str], *, embedder: str) -> Fitted:
    """``embedder``: identity of what made the meanings; "" for a model of words alone."""
    features = Features.of(texts.texts, sounds)
    matrix = _matrix(features, texts)
    sums = 1 + (matrix @ matrix.T).toarray()
    if embedder:
        sums += MEANING * (texts.meanings @ texts.meanings.T)
    alike = together(sums, with_meaning=bool(embedder)).astype(np.float64)
    sides = _sides(texts)
    inverse = _inverse(alike + np.diag(SMOOTHING / texts.weights))
    pulls = inverse @ sides
    unseen = _unseen(inverse, pulls, sides, texts.groups)
    by_feature = matrix.tocsc()
    known = Known(
        count=len(texts.texts),
        starts=by_feature.indptr.astype(np.int64),
        rows=by_feature.indices.astype(np.int32),
        values=by_feature.data.astype(np.float32),
        meanings=texts.meanings if embedder else None,
    )
    model = Model(
        intents=texts.intents,
        embedder=embedder,
        features=features,
        known=known,
        pulls=pulls.astype(np.float32),
        certainty=_certainty(unseen, texts),
    )
    return Fitted(model=model, unseen=unseen)


def _matrix(features: Features, texts: Texts) -> sparse.csr_matrix:
    """(texts, features)"""
    vectors = [features.vector(text) for text in texts.texts]
    ends = np.cumsum([0, *(len(places) for places, _ in vectors)])
    places = np.concatenate([places for places, _ in vectors])
    values = np.concatenate([values for _, values in vectors])
    return sparse.csr_matrix((values, places, ends), shape=(len(vectors), features.width))


def _inverse(matrix: Numbers) -> Numbers:
    """Of a symmetric positive definite matrix; in half the time of a general one."""
    factor, failed = lapack.dpotrf(matrix, lower=1, overwrite_a=1)
    if not failed:
        factor, failed = lapack.dpotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise ValueError("the likenesses of the texts are no inner products")
    lower = np.tril(factor, -1)
    return np.asarray(lower + lower.T + np.diag(np.diag(factor)))


def _sides(texts: Texts) -> Numbers:
    """(texts, intents + 1): 1 on an intent's side, -1 off it; the last column: for us or not."""
    sides = -np.ones((len(texts.labels), len(texts.intents) + 1))
    ours = np.flatnonzero(texts.labels >= 0)
    sides[ours, texts.labels[ours]] = 1
    sides[ours, -1] = 1
    return sides


def _unseen(inverse: Numbers, pulls: Numbers, sides: Numbers, groups: NDArray[np.int64]) -> Numbers:
    """What the model would say of each group had it been left out of the training, without training again."""
    margins = sides - pulls / np.diag(inverse)[:, None]
    members: dict[int, list[int]] = {}
    for place, group in enumerate(groups.tolist()):
        members.setdefault(group, []).append(place)
    for group in members.values():
        if len(group) > 1:
            block = inverse[np.ix_(group, group)]
            margins[group] = sides[group] - np.linalg.solve(block, pulls[group])
    return margins


def questioning(texts: Texts) -> Numbers:
    """(texts,): 1 where a text asks how things work."""
    return np.array([asks_how(text) for text in texts.texts])


def _certainty(unseen: Numbers, texts: Texts) -> Certainty:
    """How often the best intent is right where margins are like this; questions count less than what is not for us."""
    best = unseen[:, :-1].argmax(axis=1)
    told = figures(unseen, questioning(texts))[np.arange(len(best)), best]
    curve = LogisticRegression(C=10, max_iter=1000)
    curve.fit(told, best == texts.labels, sample_weight=np.where(texts.labels == -2, QUESTION, 1.0))
    return Certainty(weights=tuple(map(float, curve.coef_[0])), offset=float(curve.intercept_[0]))
