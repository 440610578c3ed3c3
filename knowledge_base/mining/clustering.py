"""Which questions mean the same: density clustering of their vectors.

HDBSCAN (Campello, Moulavi, Sander 2013) needs no number of clusters and leaves alone what is like nothing else. Leaves
of its tree are taken rather than its most stable clusters, because an entry wants one question and not a whole theme.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FEWEST = 3
"""So many different questions make a cluster; one that was asked so often makes one alone."""

_NEARLY_THE_SAME = 0.85
"""Cosine from which two questions differ by a particle or a typing error. They count as one while clusters are looked
for; else one question with many such variants falls into many clusters. Measured on the phrasings of the example shop:
variants of 40 questions made 293 clusters without this and 131 with it, and the same questions were found.
"""

_DIMENSIONS = 64
"""What is left of the vectors for the clustering: neighbours stay the same, and it takes a fraction of the time."""


def find_clusters(vectors: Floats, counts: Sequence[int], background: Floats) -> list[list[int]]:
    """Rows of ``vectors`` (questions, width; centred, unit length) by cluster, the most central row first.

    ``counts``: how often each was asked. ``background``: vectors of ordinary sentences; dense is what is denser than
    those, so that a log about one thing alone shows it too. The same input gives the same clusters, the most asked
    first.
    """
    leaders, follows = _nearly_the_same(vectors)
    names = _names(np.concatenate([vectors[leaders], background]))[: len(leaders)]
    groups = [np.flatnonzero(names == name) for name in range(int(names.max(initial=-1)) + 1)]
    dense = [group for group in groups if len(group) >= FEWEST]
    clustered = set(np.concatenate(dense).tolist()) if dense else set()
    apart = [np.array([leader]) for leader in range(len(leaders)) if leader not in clustered]
    found = [np.flatnonzero(np.isin(follows, group)).tolist() for group in (*dense, *apart)]
    # One that was asked often enough, word for word or nearly so, is a cluster even when nothing else is like it.
    often = [rows for rows in found if sum(counts[row] for row in rows) >= FEWEST]
    ordered = [_central_first(vectors, counts, rows) for rows in often]
    return sorted(ordered, key=lambda rows: (-sum(counts[row] for row in rows), rows[0]))


def most_diverse(vectors: Floats, rows: Sequence[int], most: int) -> list[int]:
    """At most ``most`` of ``rows``: the first, then each time the one farthest from those chosen."""
    chosen = list(rows[:1])
    nearness = vectors[list(rows)] @ vectors[rows[0]] if rows else np.zeros(0, dtype=np.float32)
    while len(chosen) < min(most, len(rows)):
        taken = np.isin(rows, chosen)
        farthest = int(rows[int(np.argmin(np.where(taken, np.inf, nearness)))])
        chosen.append(farthest)
        nearness = np.maximum(nearness, vectors[list(rows)] @ vectors[farthest])
    return chosen


def _nearly_the_same(vectors: Floats) -> tuple[list[int], NDArray[np.int64]]:
    """Rows that stand for others, the first of each kind; and for each row the place of the one it follows."""
    leaders: list[int] = []
    follows = np.zeros(len(vectors), dtype=np.int64)
    leading = np.empty_like(vectors)
    for row, vector in enumerate(vectors):
        likeness = leading[: len(leaders)] @ vector
        nearest = int(np.argmax(likeness)) if leaders else 0
        if leaders and likeness[nearest] >= _NEARLY_THE_SAME:
            follows[row] = nearest
            continue
        leading[len(leaders)] = vector
        follows[row] = len(leaders)
        leaders.append(row)
    return leaders, follows


def _names(vectors: Floats) -> NDArray[np.int64]:
    """The cluster of each row; -1: of none."""
    if len(vectors) < FEWEST:
        return np.full(len(vectors), -1, dtype=np.int64)
    # Most of a second and 60 MB, which only mining needs.
    from sklearn.cluster import HDBSCAN  # noqa: PLC0415
    from sklearn.decomposition import PCA  # noqa: PLC0415

    points = vectors.astype(np.float64)
    if min(points.shape) > _DIMENSIONS:
        points = PCA(_DIMENSIONS, svd_solver="covariance_eigh").fit_transform(points)
    clustering = HDBSCAN(
        min_cluster_size=FEWEST, min_samples=1, cluster_selection_method="leaf", copy=True, n_jobs=1
    )
    return np.asarray(clustering.fit_predict(points), dtype=np.int64)


def _central_first(vectors: Floats, counts: Sequence[int], rows: Sequence[int]) -> list[int]:
    """Rows by how near they are to what was asked in the cluster, often asked ones weighing more."""
    weights = np.array([counts[row] for row in rows], dtype=np.float32)
    middle = weights @ vectors[list(rows)]
    nearness = np.round(vectors[list(rows)] @ middle, 6)
    return [rows[at] for at in np.lexsort((np.array(rows), -nearness)).tolist()]
