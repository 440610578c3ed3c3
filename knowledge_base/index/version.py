"""An open index version: finds the entries whose phrasings are nearest to a text."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.entry import Entry
from knowledge_base.errors import IndexCorrupt, KnowledgeBaseError
from knowledge_base.index.centring import centred
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.index.manifest import (
    CENTRE,
    EMBEDDED,
    ENTRIES,
    KEYS,
    LEXICAL,
    VECTORS,
    IndexManifest,
    VersionId,
    check_files,
    lexical_file,
    read_index_manifest,
)

Floats = NDArray[np.float32]

LEXICAL_SHARE = 0.2
"""Weight of the character cosine beside the vectors' cosine; measured on several sets, see docs/knowledge-base.md."""

_NEAREST_DENSE = 256
_NEAREST_LEXICAL = 64

_MOST_AGREEING = 10
"""Of an entry with more phrasings than this, only so many are asked to agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An entry and its phrasing nearest to the text.

    ``dense``: cosine of the centred vectors, about 0 for unrelated phrasings and 1 for identical ones; ``lexical``:
    character cosine, 0 to 1; ``score`` is ``dense + LEXICAL_SHARE * lexical``.
    """

    entry: Entry
    phrasing: str
    dense: float
    lexical: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an index has for a text. ``matches``: the nearest entries, best first.

    The rest is about the first of them. ``agreement``: of an entry with n phrasings, how many are among the n nearest
    ones, over n + 1 (an entry with one phrasing has ½: nothing is known); ``coverage``: share of the text's wording
    that its phrasings hold together, 0 to 1. ``unknown``: share of the text's characters that no phrasing of any
    entry has.
    """

    matches: tuple[Match, ...]
    agreement: float
    coverage: float
    unknown: float


NOTHING_FOUND = Finding(matches=(), agreement=0.0, coverage=0.0, unknown=1.0)


class IndexVersion:
    """Read-only; may be shared by threads. Memory maps are freed with the object."""

    def __init__(
        self,
        *,
        version: VersionId,
        manifest: IndexManifest,
        entries: Sequence[Entry],
        keys: Sequence[str],
        centre: Floats,
        vectors: faiss.Index,
        lexical: LexicalIndex,
        embedded: Floats | None = None,
    ) -> None:
        """``embedded``: the phrasings' own unit vectors, (phrasings, width); only ``vector`` needs them."""
        self.version = version
        self.manifest = manifest
        self.entries = tuple(entries)
        self._place: dict[str, int] = {entry.id: place for place, entry in enumerate(self.entries)}
        self._owner = np.repeat(np.arange(len(self.entries)), [len(e.phrasings) for e in self.entries])
        self._first = np.concatenate([[0], np.cumsum([len(e.phrasings) for e in self.entries])])
        self._keys = _rows_by_key(keys, self._owner)
        self._centre = centre
        self._vectors = vectors
        self._lexical = lexical
        self._embedded = embedded

    @classmethod
    def open(cls, folder: Path) -> IndexVersion:
        """Check every file against the manifest and open the version; raises ``IndexCorrupt``."""
        manifest = read_index_manifest(folder)
        check_files(folder, manifest)
        entries = [Entry.from_json(json.loads(line)) for line in _lines(folder / ENTRIES)]
        keys = json.loads((folder / KEYS).read_text(encoding="utf-8"))
        # A flat index is used as it lies in the file: processes on a host share the pages.
        vectors = faiss.read_index(str(folder / VECTORS), faiss.IO_FLAG_MMAP_IFC)
        # Plain views of the maps: numpy slices those several times faster than its own memory-map type.
        arrays = {part: np.asarray(np.load(folder / lexical_file(part), mmap_mode="r")) for part in LEXICAL}
        counts = (len(entries), sum(len(entry.phrasings) for entry in entries), len(keys), vectors.ntotal)
        if counts != (manifest.entries, *[manifest.phrasings] * 3):
            raise IndexCorrupt(f"index {folder.name} contradicts itself; run `kb build`")
        return cls(
            version=VersionId(folder.name),
            manifest=manifest,
            entries=entries,
            keys=keys,
            centre=np.load(folder / CENTRE),
            vectors=vectors,
            lexical=LexicalIndex(texts=len(keys), **arrays),
            embedded=np.asarray(np.load(folder / EMBEDDED, mmap_mode="r")),
        )

    def entry(self, entry_id: str) -> Entry | None:
        place = self._place.get(entry_id)
        return None if place is None else self.entries[place]

    def exact(self, key: str) -> tuple[Entry, ...]:
        """The entries with a phrasing of this ``exact_key``; several when phrasings conflict."""
        return tuple(self.entries[row] for row in self._keys.get(key, ())) if key else ()

    def rows_of(self, entry_id: str) -> range:
        """Numbers of an entry's phrasings, in their order; none of an entry that is not here."""
        owner = self._place.get(entry_id)
        return range(0) if owner is None else self._rows(owner)

    def vector(self, row: int) -> Floats:
        """The unit vector of a stored phrasing as the embedder gave it, (width,)."""
        if self._embedded is None:
            raise KnowledgeBaseError(f"index {self.version} was opened without the embedder's vectors")
        return np.array(self._embedded[row], dtype=np.float32)

    def search(self, vector: Floats, tidied: str, *, limit: int = 10, without: int | None = None) -> Finding:
        """The best entries for a text; ``vector`` is its unit vector, (width,).

        ``without`` leaves one stored phrasing out, by its number: nothing matches it, it neither agrees nor covers,
        and characters that it alone has are unknown. What all phrasings share (the centre, and the weights of the
        others' n-grams) stays as it is.
        """
        if not self.entries or not tidied:
            return NOTHING_FOUND
        wording = self._lexical.weigh(tidied, without=without)
        lexical = self._lexical.scores(wording)
        (vector,) = centred(vector[None, :], self._centre)
        rows = self._nearby(vector, lexical, without)
        if not len(rows):
            return NOTHING_FOUND
        dense = self._vectors.reconstruct_batch(rows) @ vector
        scores = dense + LEXICAL_SHARE * lexical[rows]
        # Equal scores keep the order of the entries, so that a ranking can be repeated.
        best_first = np.lexsort((rows, -scores))
        found: dict[int, Match] = {}
        for at in best_first:
            owner = int(self._owner[rows[at]])
            if owner not in found:
                found[owner] = Match(
                    entry=self.entries[owner],
                    phrasing=self._phrasing(owner, int(rows[at])),
                    dense=float(dense[at]),
                    lexical=float(lexical[rows[at]]),
                    score=float(scores[at]),
                )
            if len(found) == limit:
                break
        nearest = next(iter(found))
        held = len(self._rows(nearest)) - (without in self._rows(nearest))
        return Finding(
            matches=tuple(found.values()),
            agreement=_agreement(nearest, held, self._owner[rows[best_first[:_MOST_AGREEING]]]),
            coverage=self._lexical.coverage(wording, self._rows(nearest), without=without),
            unknown=wording.unknown,
        )

    def _rows(self, owner: int) -> range:
        return range(int(self._first[owner]), int(self._first[owner + 1]))

    def _nearby(self, vector: Floats, lexical: Floats, without: int | None) -> NDArray[np.int64]:
        total = self._vectors.ntotal
        spare = without is not None
        # Holds for this thread: waking a team of threads takes longer than the search (1 ms at 20,000 phrasings).
        faiss.omp_set_num_threads(1)
        _, near = self._vectors.search(vector[None, :], min(_NEAREST_DENSE + spare, total))
        kept = min(_NEAREST_LEXICAL + spare, total)
        alike = np.argpartition(-lexical, kept - 1)[:kept]
        rows = np.union1d(near[0], alike[lexical[alike] > 0]).astype(np.int64)
        return rows if without is None else rows[rows != without]

    def _phrasing(self, owner: int, row: int) -> str:
        return self.entries[owner].phrasings[row - int(self._first[owner])]


def _agreement(owner: int, held: int, owners: NDArray[np.int64]) -> float:
    """``held``: how many phrasings the entry has; ``owners``: whose the nearest phrasings are, best first."""
    asked = min(held, _MOST_AGREEING)
    return float((owners[:asked] == owner).sum() / (asked + 1))


def _rows_by_key(keys: Sequence[str], owner: NDArray[np.int64]) -> Mapping[str, tuple[int, ...]]:
    rows: defaultdict[str, set[int]] = defaultdict(set)
    for key, row in zip(keys, owner.tolist(), strict=True):
        rows[key].add(row)
    return {key: tuple(sorted(found)) for key, found in rows.items()}


def _lines(path: Path) -> list[str]:
    # Not splitlines(): that also cuts at U+2028 and friends inside a text.
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line]
