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
from knowledge_base.errors import IndexCorrupt
from knowledge_base.index.centring import centred
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.index.manifest import (
    CENTRE,
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
    ) -> None:
        self.version = version
        self.manifest = manifest
        self.entries = tuple(entries)
        self._by_id = {entry.id: entry for entry in self.entries}
        self._owner = np.repeat(np.arange(len(self.entries)), [len(e.phrasings) for e in self.entries])
        self._first = np.concatenate([[0], np.cumsum([len(e.phrasings) for e in self.entries])])
        self._keys = _rows_by_key(keys, self._owner)
        self._centre = centre
        self._vectors = vectors
        self._lexical = lexical

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
        )

    def entry(self, entry_id: str) -> Entry | None:
        return self._by_id.get(entry_id)  # type: ignore[call-overload,no-any-return]

    def exact(self, key: str) -> tuple[Entry, ...]:
        """The entries with a phrasing of this ``exact_key``; several when phrasings conflict."""
        return tuple(self.entries[row] for row in self._keys.get(key, ())) if key else ()

    def search(self, vector: Floats, tidied: str, *, limit: int = 10) -> Finding:
        """The best entries for a text; ``vector`` is its unit vector, (width,)."""
        if not self.entries or not tidied:
            return NOTHING_FOUND
        wording = self._lexical.weigh(tidied)
        lexical = self._lexical.scores(wording)
        (vector,) = centred(vector[None, :], self._centre)
        rows = self._nearby(vector, lexical)
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
        return Finding(
            matches=tuple(found.values()),
            agreement=self._agreement(nearest, self._owner[rows[best_first[:_MOST_AGREEING]]]),
            coverage=self._lexical.coverage(wording, self._rows(nearest)),
            unknown=wording.unknown,
        )

    def _agreement(self, owner: int, owners: NDArray[np.int64]) -> float:
        """``owners``: whose the nearest phrasings are, best first."""
        held = min(len(self._rows(owner)), _MOST_AGREEING)
        return float((owners[:held] == owner).sum() / (held + 1))

    def _rows(self, owner: int) -> range:
        return range(int(self._first[owner]), int(self._first[owner + 1]))

    def _nearby(self, vector: Floats, lexical: Floats) -> NDArray[np.int64]:
        total = self._vectors.ntotal
        # Holds for this thread: waking a team of threads takes longer than the search (1 ms at 20,000 phrasings).
        faiss.omp_set_num_threads(1)
        _, near = self._vectors.search(vector[None, :], min(_NEAREST_DENSE, total))
        alike = np.argpartition(-lexical, min(_NEAREST_LEXICAL, total) - 1)[:_NEAREST_LEXICAL]
        return np.union1d(near[0], alike[lexical[alike] > 0]).astype(np.int64)

    def _phrasing(self, owner: int, row: int) -> str:
        return self.entries[owner].phrasings[row - int(self._first[owner])]


def _rows_by_key(keys: Sequence[str], owner: NDArray[np.int64]) -> Mapping[str, tuple[int, ...]]:
    rows: defaultdict[str, set[int]] = defaultdict(set)
    for key, row in zip(keys, owner.tolist(), strict=True):
        rows[key].add(row)
    return {key: tuple(sorted(found)) for key, found in rows.items()}


def _lines(path: Path) -> list[str]:
    # Not splitlines(): that also cuts at U+2028 and friends inside a text.
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line]
