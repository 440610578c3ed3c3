"""An open index version: finds the entries whose phrasings are nearest to a text."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.calibration import Calibration, read_calibration
from knowledge_base.entry import Entry
from knowledge_base.errors import IndexCorrupt
from knowledge_base.index.checking import check_files
from knowledge_base.index.lexical import LexicalIndex, bare
from knowledge_base.index.manifest import (
    CALIBRATION,
    CENTRE,
    EMBEDDED,
    ENTRIES,
    LEXICAL,
    LINES,
    SOUNDS,
    VECTORS,
    IndexManifest,
    VersionId,
    lexical_file,
    read_index_manifest,
)
from knowledge_base.index.stored_entries import StoredEntries
from knowledge_base.index.tables import Tables, make_tables, map_array, map_tables
from knowledge_base.index.vectors import VectorIndex, map_vectors
from knowledge_base.spelling import Sounds, Speller, has_letters
from knowledge_base.text import tidy
from knowledge_base.words import heavy_words

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

LEXICAL_SHARE = 0.3
"""Weight of the character cosine beside the vectors' cosine; measured on several sets, see docs/knowledge-base.md."""

VOTING = 0.06
"""An entry's score is ``VOTING * ln(sum(exp(s / VOTING)) / sqrt(n))`` over the scores s of its phrasings that were
found, n being how many it has: the nearest counts most, others hardly further away add to it, and an entry with many
phrasings has no advantage by their number alone. With one phrasing it is that one's.
"""

_NEAREST_DENSE = 256
_NEAREST_LEXICAL = 64

_MOST_AGREEING = 10
"""Of an entry with more phrasings than this, only so many are asked to agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An entry and its phrasing nearest to the text.

    ``dense``: cosine of the centred vectors, about 0 for unrelated phrasings and 1 for identical ones; ``lexical``:
    character cosine, 0 to 1. ``score``: ``dense + LEXICAL_SHARE * lexical``, and more where other phrasings of the
    entry are near as well (``VOTING``). For a second look: ``answered``, the share of the text's wording that the
    entry's answer holds, and ``reranked``, a reranker's score of the entry, both 0 to 1.
    """

    entry: Entry
    phrasing: str
    dense: float
    lexical: float
    score: float
    answered: float = 0.0
    reranked: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an index has for a text. ``matches``: the nearest entries, best first.

    The rest is about the first of them. ``agreement``: of an entry with n phrasings, how many are among the n nearest
    ones, over n + 1 (an entry with one phrasing has ½: nothing is known); ``coverage``: share of the text's wording
    that its phrasings hold together, 0 to 1. ``unknown``: share of the text's characters that no phrasing of any
    entry has. ``foreign``: weight of the heaviest word (``knowledge_base/words.py``) that stands in none of its
    phrasings nor in its category, 0 to 1.
    """

    matches: tuple[Match, ...]
    agreement: float
    coverage: float
    unknown: float
    foreign: float = 0.0


NOTHING_FOUND = Finding(matches=(), agreement=0.0, coverage=0.0, unknown=1.0)


class IndexVersion:
    """Read-only; may be shared by threads. Memory maps are freed with the object."""

    def __init__(
        self,
        *,
        version: VersionId,
        manifest: IndexManifest,
        entries: Sequence[Entry],
        keys: Sequence[str] = (),
        centre: Floats,
        vectors: faiss.Index,
        lexical: LexicalIndex,
        embedded: Floats | NDArray[np.float16] | None = None,
        tables: Tables | None = None,
        sounds: Callable[[], Sounds] = dict,
        calibration: Calibration | None = None,
        lexical_share: float = LEXICAL_SHARE,
    ) -> None:
        """``embedded``: the phrasings' own unit vectors, (phrasings, width); a flat index needs them for ``vector``
        only. ``tables`` are made from ``entries`` and ``keys`` (the phrasings' exact keys) when there are none.
        ``calibration``: the index's own, where there are enough labelled questions.
        """
        self.version = version
        self.manifest = manifest
        self.entries = entries
        self.calibration = calibration
        self._tables = tables or make_tables(entries, keys)
        self._vectors = VectorIndex(vectors, centre, embedded)
        self._lexical = lexical
        self._sounds = sounds
        self._lexical_share = lexical_share

    @classmethod
    def open(cls, folder: Path, *, wording_counts: bool = True) -> IndexVersion:
        """Check the files against the manifest and open the version; raises ``IndexCorrupt``.

        ``wording_counts``: whether the order of entries heeds the characters' cosine; without it the calibration,
        which was fitted with it, promises nothing.
        """
        manifest = read_index_manifest(folder)
        check_files(folder, manifest)
        entries = StoredEntries.map(folder / ENTRIES, map_array(folder / LINES))
        tables = map_tables(folder)
        vectors = map_vectors(folder / VECTORS)
        arrays = {part: map_array(folder / lexical_file(part)) for part in LEXICAL}
        phrasings = (len(tables.keys.places), int(tables.first_rows[-1]), vectors.ntotal)
        if (len(entries), *phrasings) != (manifest.entries, *[manifest.phrasings] * 3):
            raise IndexCorrupt(f"index {folder.name} contradicts itself; run `kb build`")
        return cls(
            version=VersionId(folder.name),
            manifest=manifest,
            entries=entries,
            centre=np.load(folder / CENTRE),
            vectors=vectors,
            lexical=LexicalIndex(texts=manifest.phrasings, scanned=manifest.exact, **arrays),
            embedded=map_array(folder / EMBEDDED),
            tables=tables,
            sounds=lambda: json.loads((folder / SOUNDS).read_text(encoding="utf-8")),
            calibration=_own_calibration(folder, manifest),
            lexical_share=LEXICAL_SHARE if wording_counts else 0.0,
        )

    def entry(self, entry_id: str) -> Entry | None:
        place = self._place(entry_id)
        return None if place is None else self.entries[place]

    def exact(self, key: str) -> tuple[Entry, ...]:
        """The entries with a phrasing of this ``exact_key``; several when phrasings conflict."""
        rows = self._tables.keys.find(key) if key else []
        return tuple(self.entries[place] for place in dict.fromkeys(self._owners(rows)))

    def phrasing(self, row: int) -> tuple[Entry, str]:
        """A stored phrasing by its number, and the entry that holds it."""
        (place,) = self._owners([row])
        entry = self.entries[place]
        return entry, entry.phrasings[row - self._tables.rows(place).start]

    def rows_of(self, entry_id: str) -> range:
        """Numbers of an entry's phrasings, in their order; none of an entry that is not here."""
        place = self._place(entry_id)
        return range(0) if place is None else self._tables.rows(place)

    def respelled(self, tidied: str) -> str:
        """The text with words in letters as the phrasings write them; a large index leaves it as it is."""
        return self._speller.respelled(tidied) if has_letters(tidied) else tidied

    @cached_property
    def _speller(self) -> Speller:
        return Speller(self._sounds())

    def vector(self, row: int) -> Floats:
        """The unit vector of a stored phrasing as the embedder gave it, (width,). An index that is not exact keeps
        it in 16 bits.
        """
        return self._vectors.vector(row)

    def search(
        self,
        vector: Floats,
        tidied: str,
        *,
        limit: int = 10,
        without: int | None = None,
        hidden: Collection[str] = (),
    ) -> Finding:
        """The best entries for a text; ``vector`` is its unit vector, (width,).

        ``without`` leaves one stored phrasing out, by its number: nothing matches it, it neither agrees nor covers,
        and characters that it alone has are unknown. What all phrasings share (the centre, and the weights of the
        others' n-grams) stays as it is. ``hidden``: ids of entries that are not found, as if others were all there is.
        """
        places = [place for place in map(self._place, hidden) if place is not None]
        (found,) = self._search(vector[None, :], [tidied], limit, without, places)
        return found

    def search_all(self, vectors: Floats, tidied: Sequence[str], *, limit: int = 10) -> list[Finding]:
        """As ``search``, for several texts at once; ``vectors``: (texts, width)."""
        return self._search(vectors, tidied, limit, None, ())

    def _search(
        self, vectors: Floats, tidied: Sequence[str], limit: int, without: int | None, hidden: Sequence[int]
    ) -> list[Finding]:
        if not len(self._vectors) or not tidied:
            return [NOTHING_FOUND] * len(tidied)
        vectors = self._vectors.centred(vectors)
        near = self._vectors.nearest(vectors, _NEAREST_DENSE + (without is not None))
        return [
            self._finding(vector, text, rows, limit, without, hidden) if text else NOTHING_FOUND
            for vector, text, rows in zip(vectors, tidied, near, strict=True)
        ]

    def _finding(
        self,
        vector: Floats,
        tidied: str,
        near: Rows,
        limit: int,
        without: int | None,
        hidden: Sequence[int],
    ) -> Finding:
        wording = self._lexical.weigh(tidied, without=without)
        rows, lexical = self._lexical.most_alike(wording, _NEAREST_LEXICAL + (without is not None), near)
        if without is not None:
            rows, lexical = rows[rows != without], lexical[rows != without]
        if hidden:
            kept = ~np.isin(self._tables.owners(rows), hidden)
            rows, lexical = rows[kept], lexical[kept]
        if not len(rows):
            return NOTHING_FOUND
        dense = self._vectors.cosines(rows, vector)
        alike = dense + self._lexical_share * lexical
        # Equal scores keep the order of the entries, so that a ranking can be repeated.
        best_first = np.lexsort((rows, -alike))
        owners = self._tables.owners(rows[best_first])
        places, firsts, voters = np.unique(owners, return_index=True, return_inverse=True)
        counts = self._tables.counts(places)
        if without is not None:
            counts[places == self._owners([without])[0]] -= 1
        scores = _votes(alike[best_first], voters, counts)
        ranked = np.lexsort((firsts, -scores))[:limit]
        nearest = [best_first[firsts[at]] for at in ranked]
        held = self._tables.rows(int(places[ranked[0]]))
        return Finding(
            matches=self._with_answers(
                tidied,
                [
                    self._match(int(rows[at]), dense[at], lexical[at], scores[entry])
                    for at, entry in zip(nearest, ranked, strict=True)
                ],
            ),
            agreement=_agreement(int(places[ranked[0]]), len(held) - (without in held), owners),
            coverage=self._lexical.coverage(wording, held, without=without),
            unknown=wording.unknown,
            foreign=self._heaviest_not_in(tidied, self.entries[int(places[ranked[0]])], without),
        )

    def _heaviest_not_in(self, tidied: str, entry: Entry, without: int | None) -> float:
        text = _asked_with(entry if without is None else self._without(entry, without))
        return max((weight for word, weight in heavy_words(tidied) if word not in text), default=0.0)

    def _without(self, entry: Entry, row: int) -> Entry:
        rows = self.rows_of(entry.id)
        if row not in rows:
            return entry
        first, *others = (text for at, text in zip(rows, entry.phrasings, strict=True) if at != row)
        return replace(entry, question=first, similar=tuple(others))

    def _match(self, row: int, dense: np.float32, lexical: np.float32, score: np.float32) -> Match:
        entry, phrasing = self.phrasing(row)
        return Match(
            entry=entry,
            phrasing=phrasing,
            dense=float(dense),
            lexical=float(lexical),
            score=float(score),
        )

    def _with_answers(self, tidied: str, matches: Sequence[Match]) -> tuple[Match, ...]:
        answers = [_bare_answer(match.entry.answer) for match in matches]
        shares = self._lexical.shares_held(tidied, answers)
        return tuple(replace(match, answered=share) for match, share in zip(matches, shares, strict=True))

    def _place(self, entry_id: str) -> int | None:
        places = self._tables.ids.find(entry_id)
        return next((place for place in places if self.entries[place].id == entry_id), None)

    def _owners(self, rows: Sequence[int]) -> list[int]:
        owners: list[int] = self._tables.owners(np.array(rows, dtype=np.int64)).tolist()
        return owners


@lru_cache(maxsize=20_000)
def _asked_with(entry: Entry) -> str:
    """What the entry is asked with, tidied, a line each. Not its answer: customers ask before they have read it."""
    return "\n".join(map(tidy, (*entry.phrasings, entry.category)))


@lru_cache(maxsize=20_000)
def _bare_answer(answer: str) -> str:
    return bare(tidy(answer))


def _own_calibration(folder: Path, manifest: IndexManifest) -> Calibration | None:
    if CALIBRATION not in manifest.sha256:
        return None
    return read_calibration(json.loads((folder / CALIBRATION).read_text(encoding="utf-8")))


def _votes(alike: Floats, voters: Rows, held: Rows) -> Floats:
    """Scores, (entries,), of entries that have ``held`` phrasings, (entries,); those found have the scores ``alike``,
    (rows,), the highest first, and are the entries' ``voters``, (rows,).
    """
    shares = np.bincount(voters, weights=np.exp((alike - alike[0]) / VOTING))
    return np.asarray(alike[0] + VOTING * np.log(shares / np.sqrt(held)), dtype=np.float32)


def _agreement(place: int, held: int, owners: Rows) -> float:
    """``held``: how many phrasings the entry has; ``owners``: whose the nearest phrasings are, best first."""
    asked = min(held, _MOST_AGREEING)
    return float((owners[:asked] == place).sum() / (asked + 1))
