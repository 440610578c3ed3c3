"""Which questions mean the same: density clustering of their vectors.

HDBSCAN (Campello, Moulavi, Sander 2013) needs no number of clusters and leaves alone what is like nothing else. Leaves
of its tree are taken rather than its most stable clusters, because an entry wants one question and not a whole theme.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN
from sklearn.decomposition import PCA

Floats = NDArray[np.float32]

FEWEST = 3
"""So many different questions make a cluster; one that was asked as often word for word makes one alone."""

_DIMENSIONS = 64
"""What is left of the vectors for the clustering: neighbours stay the same, and it takes a fraction of the time."""


def find_clusters(vectors: Floats, counts: Sequence[int], background: Floats) -> list[list[int]]:
    """Rows of ``vectors`` (questions, width; centred, unit length) by cluster, the most central row first.

    ``counts``: how often each was asked. ``background``: vectors of ordinary sentences; dense is what is denser than
    those, so that a log about one thing alone shows it too. The same input gives the same clusters, the most asked
    first.
    """
    names = _names(np.concatenate([vectors, background]))[: len(vectors)]
    found = [np.flatnonzero(names == name).tolist() for name in range(int(names.max(initial=-1)) + 1)]
    found = [rows for rows in found if len(rows) >= FEWEST]
    clustered = {row for rows in found for row in rows}
    alone = [[row] for row, count in enumerate(counts) if count >= FEWEST and row not in clustered]
    ordered = [_central_first(vectors, counts, rows) for rows in (*found, *alone)]
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


def _names(vectors: Floats) -> NDArray[np.int64]:
    """The cluster of each row; -1: of none."""
    if len(vectors) < FEWEST:
        return np.full(len(vectors), -1, dtype=np.int64)
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
