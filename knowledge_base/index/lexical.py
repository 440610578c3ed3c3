"""Character n-gram TF-IDF: how much of the wording two texts share. Finds names, sizes and numbers that vectors
blur.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Rows = NDArray[np.int64]

_LONGEST_GRAM = 3
_MAX_CHARACTERS = 128

_READ = 150_000
"""Postings read for candidates where there are many texts: about 2 ms."""
_CANDIDATES = 4
"""Times the texts asked for: so many candidates are compared exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A text as an index sees it.

    ``places`` and ``weights``: the n-grams that the index knows, and their TF-IDF weights; ``norm`` and ``total``: of
    all weights, those of unknown n-grams included; ``unknown``: share of its characters, by weight, that no indexed
    text has.
    """

    places: NDArray[np.int64]
    weights: NDArray[np.float64]
    norm: float
    total: float
    unknown: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalIndex:
    """Postings by n-gram. Arrays may be read-only memory maps.

    ``grams`` (n-grams): hashes of the n-grams that some text has, in order; ``idf`` (n-grams); ``starts`` (n-grams and
    one more): where each one's postings begin; ``rows`` and ``weights`` (postings): the text, and the unit-length
    TF-IDF weight of the n-gram in it; the rows of an n-gram are in order and unique. ``scanned``: the most alike texts
    are looked for among all; otherwise among those that share the question's rarest n-grams.
    """

    texts: int
    grams: NDArray[np.uint32]
    starts: NDArray[np.int64]
    rows: Integers
    weights: Floats | NDArray[np.float16]
    idf: Floats
    scanned: bool = True

    def weigh(self, text: str, *, without: int | None = None) -> Wording:
        """The n-grams of ``text`` with their weights in this index, or in it without one of its texts."""
        hashes, first_at, counts = np.unique(_hashes(text), return_index=True, return_counts=True)
        texts = self.texts - (without is not None)
        places, known, idf = self._look_up(hashes, texts)
        if without is not None:
            holders = np.zeros(len(hashes))
            holders[known] = [self._holders(place, without) for place in places[known].tolist()]
            known = holders > 0
            idf = np.log((1 + texts) / (1 + holders)) + 1
        characters = first_at < _length(text)
        return Wording(
            places=places[known],
            weights=(counts * idf)[known],
            norm=float(np.linalg.norm(counts * idf)),
            total=float((counts * idf).sum()),
            unknown=_share(idf[characters & ~known], idf[characters]),
        )

    def scores(self, wording: Wording) -> Floats:
        """Cosine of a text with each indexed text, (texts,), 0 to 1; n-grams that no text has lower it."""
        scores = np.zeros(self.texts, dtype=np.float32)
        weights = wording.weights / max(wording.norm, 1e-12)
        for place, weight in zip(wording.places.tolist(), weights.tolist(), strict=True):
            postings = self._postings(place)
            scores[self.rows[postings]] += np.float32(weight) * self.weights[postings]
        return scores

    def most_alike(self, wording: Wording, count: int, beside: Rows) -> tuple[Rows, Floats]:
        """The ``count`` texts with the highest cosines above 0, and the texts ``beside``: their numbers in order, and
        their cosines.
        """
        if self.scanned:
            scores = self.scores(wording)
            best = _highest(scores, count)
            rows = np.union1d(beside, best[scores[best] > 0]).astype(np.int64)
            return rows, scores[rows]
        rows = np.union1d(beside, self._candidates(wording, count * _CANDIDATES)).astype(np.int64)
        scores = self._scores_of(wording, rows)
        best = _highest(scores, count)
        kept = np.isin(rows, beside)
        kept[best[scores[best] > 0]] = True
        return rows[kept], scores[kept]

    def _candidates(self, wording: Wording, count: int) -> Rows:
        """The texts that share most of the n-grams that the fewest texts have."""
        scores = np.zeros(self.texts, dtype=np.float32)
        sizes = self.starts[wording.places + 1] - self.starts[wording.places]
        rarest_first = np.argsort(sizes, kind="stable")
        read = 0
        for at in rarest_first.tolist():
            if read and read + sizes[at] > _READ:
                break
            read += int(sizes[at])
            postings = self._postings(int(wording.places[at]))
            scores[self.rows[postings]] += np.float32(wording.weights[at]) * self.weights[postings]
        touched = np.flatnonzero(scores > 0)
        return touched[_highest(scores[touched], count)]

    def _scores_of(self, wording: Wording, rows: Rows) -> Floats:
        """As ``scores``, of some texts, whose numbers are in order."""
        scores = np.zeros(len(rows), dtype=np.float32)
        weights = wording.weights / max(wording.norm, 1e-12)
        wanted = rows.astype(np.int32)
        for place, weight in zip(wording.places.tolist(), weights.tolist(), strict=True):
            start, stop = int(self.starts[place]), int(self.starts[place + 1])
            at = self.rows[start:stop].searchsorted(wanted)
            held = np.flatnonzero(at < stop - start)
            held = held[self.rows[start + at[held]] == wanted[held]]
            scores[held] += np.float32(weight) * self.weights[start + at[held]]
        return scores

    def coverage(self, wording: Wording, texts: range, *, without: int | None = None) -> float:
        """Share of a text's weight that stands in at least one of ``texts``, which are numbers of indexed texts;
        ``without`` does not count.
        """
        covered = 0.0
        for place, weight in zip(wording.places.tolist(), wording.weights.tolist(), strict=True):
            rows = self.rows[self._postings(place)]
            at = int(rows.searchsorted(texts.start))
            if at < len(rows) and rows[at] == without:
                at += 1
            if at < len(rows) and rows[at] < texts.stop:
                covered += weight
        return covered / wording.total if wording.total else 0.0

    def shares_held(self, text: str, others: Sequence[str]) -> list[float]:
        """For each of ``others``, which need not be indexed and are as ``bare`` gives them: the share of the
        text's weight that stands in it.
        """
        counts = Counter(_grams(text))
        hashes = np.array([_hash(gram) for gram in counts], dtype=np.uint32)
        idf = self._look_up(hashes, self.texts)[2]
        weights = dict(zip(counts, (np.array([*counts.values()]) * idf).tolist(), strict=True))
        total = sum(weights.values()) or 1.0
        return [sum(weight for gram, weight in weights.items() if gram in other) / total for other in others]

    def _look_up(
        self, hashes: NDArray[np.uint32], texts: int
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float64]]:
        """Where each n-gram stands if it is known, whether it is, and its weight in an index of so many ``texts``."""
        places = np.minimum(np.searchsorted(self.grams, hashes), max(len(self.grams) - 1, 0))
        known = self.grams[places] == hashes if len(self.grams) else np.zeros(len(hashes), dtype=bool)
        idf = np.full(len(hashes), math.log(1 + texts) + 1)
        idf[known] = self.idf[places[known]]
        return places, known, idf

    def _holders(self, place: int, without: int) -> int:
        """How many texts but ``without`` have an n-gram."""
        rows = self.rows[self._postings(place)]
        at = int(rows.searchsorted(without))
        return len(rows) - (at < len(rows) and int(rows[at]) == without)

    def _postings(self, place: int) -> slice:
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


def build_lexical_index(texts: Sequence[str], *, scanned: bool = True) -> LexicalIndex:
    """Index tidied texts; ``scanned`` as in ``LexicalIndex``. Where it is False weights are rounded to 16 bits."""
    hashed = [_hashes(text) for text in texts]
    lengths = [len(hashes) for hashes in hashed]
    # One number for an n-gram in a text, so that one sort brings equal ones together, by n-gram and then by text.
    pairs = np.concatenate([*hashed, np.zeros(0, dtype=np.uint32)]).astype(np.uint64) << np.uint64(32)
    del hashed
    pairs |= np.repeat(np.arange(len(texts), dtype=np.uint64), lengths)
    pairs.sort()
    firsts = _firsts(pairs)
    counts = np.diff(firsts, append=len(pairs))
    pairs = pairs[firsts]
    rows = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int32)
    grams = (pairs >> np.uint64(32)).astype(np.uint32)
    del pairs
    starts = np.append(_firsts(grams), len(grams)).astype(np.int64)
    frequency = np.diff(starts)
    idf = (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)
    weights = counts * np.repeat(idf, frequency)
    norms = np.sqrt(np.bincount(rows, weights=weights**2, minlength=len(texts)))
    weights = weights / np.maximum(norms[rows], 1e-12)
    return LexicalIndex(
        texts=len(texts),
        grams=grams[starts[:-1]],
        starts=starts,
        rows=rows,
        weights=weights.astype(np.float32) if scanned else weights.astype(np.float16),
        idf=idf,
        scanned=scanned,
    )


def _firsts(ordered: NDArray[np.unsignedinteger]) -> NDArray[np.int64]:
    """Where each different value begins."""
    return np.flatnonzero(np.concatenate([np.ones(min(1, len(ordered)), dtype=bool), np.diff(ordered) != 0]))


def _highest(scores: Floats, count: int) -> NDArray[np.int64]:
    """Places of the ``count`` highest, in no order; of all where there are no more."""
    kept = min(count, len(scores))
    return np.argpartition(-scores, kept - 1)[:kept] if kept else np.zeros(0, dtype=np.int64)


def _hashes(text: str) -> NDArray[np.uint32]:
    return np.fromiter((_hash(gram) for gram in _grams(text)), dtype=np.uint32)


def _hash(gram: str) -> int:
    return zlib.crc32(gram.encode())


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> float:
    return float(part.sum() / whole.sum()) if len(whole) else 0.0


def _length(text: str) -> int:
    return len(_bare(text))


def _bare(text: str) -> str:
    return bare(text)[:_MAX_CHARACTERS]


def bare(text: str) -> str:
    """Letters, digits and characters only: what n-grams are made of."""
    return "".join(c for c in text if c.isalnum())


def _grams(text: str) -> Iterator[str]:
    """All n-grams, the single characters first."""
    bare = _bare(text)
    for length in range(1, _LONGEST_GRAM + 1):
        for start in range(len(bare) - length + 1):
            yield bare[start : start + length]
