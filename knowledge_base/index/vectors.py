"""The phrasings' vectors: which are nearest to a question's, and how near exactly.

Few vectors are compared one by one. Many are kept in clusters (FAISS's inverted file, numbers in 8 bits), of which the
nearest are looked through; how near what was found is, is then taken from the embedder's own vectors.
"""

from __future__ import annotations

import math
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index.centring import centred

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
Rows = NDArray[np.int64]

EXACT_UP_TO = 50_000
"""Phrasings. Comparing with as many takes about 4 ms, twenty times that with a million; measured, see
docs/knowledge-base.md.
"""

CHUNK = 65_536
"""Vectors worked on at a time where there are many."""

_LOOKED_THROUGH = 1 / 4
"""Share of the clusters; measured against others in docs/decisions/0021-large-indexes.md."""
_CLUSTERS_PER_ROOT = 2
_TRAINED_ON = 48
"""Vectors a cluster that its centre is made from."""
_ROUNDS = 8


class VectorIndex:
    """``index``: the centred vectors; ``embedded``: the embedder's own unit vectors, (phrasings, width).

    A flat index can do without ``embedded``, but for ``vector``.
    """

    def __init__(self, index: faiss.Index, centre: Floats, embedded: Floats | Halves | None) -> None:
        self._index = index
        self._centre = centre
        self._embedded = embedded
        self._flat = isinstance(index, faiss.IndexFlat)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def centred(self, vectors: Floats) -> Floats:
        """Questions' unit vectors as they are compared here, (questions, width)."""
        return centred(vectors, self._centre)

    def nearest(self, vectors: Floats, count: int) -> list[Rows]:
        """For each centred vector the rows of the ``count`` nearest phrasings; fewer where there are not so many."""
        # Holds for this thread: waking a team of threads takes longer than the search (1 ms at 20,000 phrasings).
        faiss.omp_set_num_threads(1)
        _, found = self._index.search(vectors, min(count, len(self)))
        return [rows[rows >= 0] for rows in found]

    def cosines(self, rows: Rows, vector: Floats) -> Floats:
        """Of one centred vector with phrasings."""
        if self._flat:
            stored = self._index.reconstruct_batch(rows)
        else:
            stored = centred(self._own()[rows].astype(np.float32), self._centre)
        return np.asarray(stored @ vector, dtype=np.float32)

    def vector(self, row: int) -> Floats:
        """A phrasing's unit vector as the embedder gave it, (width,); where there are many, rounded to 16 bits."""
        return np.array(self._own()[row], dtype=np.float32)

    def _own(self) -> Floats | Halves:
        if self._embedded is None:
            raise KnowledgeBaseError("this index was made without the embedder's own vectors")
        return self._embedded


def clustered_index(embedded: Halves, centre: Floats) -> faiss.Index:
    """An index of many vectors. The same vectors give the same clusters, to the rounding of the sums."""
    total, width = embedded.shape
    clusters = max(1, min(round(_CLUSTERS_PER_ROOT * math.sqrt(total)), total // _TRAINED_ON))
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(width),
        width,
        clusters,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.by_residual = False
    index.cp.niter = _ROUNDS
    index.nprobe = max(1, round(clusters * _LOOKED_THROUGH))
    chosen = np.random.default_rng(1).choice(total, min(total, clusters * _TRAINED_ON), replace=False)
    index.train(centred(embedded[np.sort(chosen)].astype(np.float32), centre))
    for start in range(0, total, CHUNK):
        index.add(centred(embedded[start : start + CHUNK].astype(np.float32), centre))
    return index


def map_vectors(path: Path) -> faiss.Index:
    """As it lies in the file: processes on a host share the pages."""
    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
