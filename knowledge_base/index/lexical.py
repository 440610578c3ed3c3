"""Character n-gram TF-IDF: how much of the wording two texts share. Finds names, sizes and numbers that vectors
blur.
"""

from __future__ import annotations

import math
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
    """Postings by n-gram. Arrays may be read-only memory maps.

    ``grams`` (n-grams): hashes of the n-grams that some text has, in order; ``idf`` (n-grams); ``starts`` (n-grams and
    one more): where each one's postings begin; ``rows`` and ``weights`` (postings): the text, and the unit-length
    TF-IDF weight of the n-gram in it; the rows of an n-gram are in order and unique.
    """

    texts: int
    grams: NDArray[np.uint32]
    starts: NDArray[np.int64]
    rows: Integers
    weights: Floats
    idf: Floats

    def scores(self, text: str) -> Floats:
        """Cosine of ``text`` with each indexed text, (texts,), 0 to 1; n-grams that no text has lower it."""
        scores = np.zeros(self.texts, dtype=np.float32)
        hashes, counts = np.unique(_hashes(text), return_counts=True)
        if len(hashes) == 0 or len(self.grams) == 0:
            return scores
        places = np.minimum(np.searchsorted(self.grams, hashes), len(self.grams) - 1)
        known = self.grams[places] == hashes
        weights = counts * np.where(known, self.idf[places], math.log(1 + self.texts) + 1)
        weights = weights / np.linalg.norm(weights)
        for place, weight in zip(places[known].tolist(), weights[known].tolist(), strict=True):
            postings = slice(int(self.starts[place]), int(self.starts[place + 1]))
            scores[self.rows[postings]] += np.float32(weight) * self.weights[postings]
        return scores


def build_lexical_index(texts: Sequence[str]) -> LexicalIndex:
    """Index tidied texts."""
    hashed = [_hashes(text) for text in texts]
    grams, places = np.unique(np.concatenate([*hashed, np.zeros(0, dtype=np.uint32)]), return_inverse=True)
    width = max(1, len(grams))
    row_of = np.repeat(np.arange(len(texts), dtype=np.int64), [len(hashes) for hashes in hashed])
    pairs, counts = np.unique(row_of * width + places, return_counts=True)
    rows, places = pairs // width, pairs % width
    frequency = np.bincount(places, minlength=len(grams))
    idf = (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)
    weights = counts * idf[places]
    norms = np.sqrt(np.bincount(rows, weights=weights**2, minlength=len(texts)))
    weights = weights / np.maximum(norms[rows], 1e-12)
    order = np.argsort(places, kind="stable")
    return LexicalIndex(
        texts=len(texts),
        grams=grams,
        starts=np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64),
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
