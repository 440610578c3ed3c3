"""Character n-gram TF-IDF: how much of the wording two texts share. Finds names, sizes and numbers that vectors
blur.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]

_LONGEST_GRAM = 3
_MAX_CHARACTERS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalIndex:
    """Postings by n-gram bucket. Arrays may be read-only memory maps.

    ``starts`` (buckets + 1): where each bucket's postings begin; ``rows`` and ``weights`` (postings): the text and the
    unit-length TF-IDF weight of the n-gram in it, rows of a bucket in order and unique; ``idf`` (buckets).
    """

    texts: int
    starts: NDArray[np.int64]
    rows: Integers
    weights: Floats
    idf: Floats

    def scores(self, text: str) -> Floats:
        """Cosine of ``text`` with each indexed text, (texts,), 0 to 1. N-grams that no text has count as unknown
        wording.
        """
        scores = np.zeros(self.texts, dtype=np.float32)
        buckets, counts = _count_buckets(_hashes(text), len(self.idf))
        weights = counts * self.idf[buckets]
        norm = float(np.linalg.norm(weights))
        if norm == 0:
            return scores
        for bucket, weight in zip(buckets.tolist(), (weights / norm).tolist(), strict=True):
            postings = slice(int(self.starts[bucket]), int(self.starts[bucket + 1]))
            scores[self.rows[postings]] += np.float32(weight) * self.weights[postings]
        return scores


def build_lexical_index(texts: Sequence[str]) -> LexicalIndex:
    """Index tidied texts."""
    hashed = [_hashes(text) for text in texts]
    everything = np.concatenate([*hashed, np.zeros(0, dtype=np.uint32)])
    # Twice as many buckets as distinct n-grams: few share one, and no vocabulary has to be kept.
    size = 1 << max(8, int(2 * len(np.unique(everything))).bit_length())
    row_of = np.repeat(np.arange(len(texts), dtype=np.int64), [len(hashes) for hashes in hashed])
    pairs, counts = np.unique(row_of * size + (everything & np.uint32(size - 1)), return_counts=True)
    rows, buckets = pairs // size, pairs % size
    idf = (np.log((1 + len(texts)) / (1 + np.bincount(buckets, minlength=size))) + 1).astype(np.float32)
    weights = counts * idf[buckets]
    norms = np.sqrt(np.bincount(rows, weights=weights**2, minlength=len(texts)))
    weights = weights / np.maximum(norms[rows], 1e-12)
    order = np.argsort(buckets, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(buckets, minlength=size))]).astype(np.int64)
    return LexicalIndex(
        texts=len(texts),
        starts=starts,
        rows=rows[order].astype(np.int32),
        weights=weights[order].astype(np.float32),
        idf=idf,
    )


def _hashes(text: str) -> NDArray[np.uint32]:
    return np.fromiter((zlib.crc32(gram.encode()) for gram in _grams(text)), dtype=np.uint32)


def _grams(text: str) -> Iterator[str]:
    bare = "".join(c for c in text if c.isalnum())[:_MAX_CHARACTERS]
    for length in range(1, _LONGEST_GRAM + 1):
        for start in range(len(bare) - length + 1):
            yield bare[start : start + length]


def _count_buckets(hashes: NDArray[np.uint32], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    buckets, counts = np.unique(hashes & np.uint32(size - 1), return_counts=True)
    return buckets.astype(np.int64), counts.astype(np.int64)
