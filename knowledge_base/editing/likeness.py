"""How alike two entries are asked. Asks an index each of its phrasings, so a large one takes a while."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from knowledge_base.entry import EntryId
from knowledge_base.index.version import IndexVersion, Match
from knowledge_base.text import exact_key, tidy

_LOOKED_AT = 10
"""Entries that are looked at for each phrasing; its own is mostly one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasing:
    entry_id: EntryId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Two entries. ``one`` and ``other``: their nearest two phrasings that are not equal; ``dense``: cosine of these'
    centred vectors; ``wording``: cosine of their n-grams. ``pairs``: how many phrasings are near one of the other
    entry. ``alike``: the mean cosine of an entry's phrasings to the nearest of the other, of the entry where it is
    less; one that does not find the other entry among the best counts 0.
    """

    one: Phrasing
    other: Phrasing
    dense: float
    wording: float
    pairs: int
    alike: float


@dataclass(slots=True)
class _Found:
    """What is known of two entries so far. ``sums``: of cosines, by the entry whose phrasings were asked."""

    sums: defaultdict[EntryId, float]
    best: tuple[Phrasing, Match] | None = None
    pairs: int = 0


def likenesses(
    index: IndexVersion, near: float, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[Likeness, ...]:
    """Entries of which a phrasing finds the other, those with the nearest phrasings first. ``near``: the score from
    which phrasings count as ``pairs``.
    """
    found: defaultdict[frozenset[EntryId], _Found] = defaultdict(lambda: _Found(defaultdict(float)))
    for done, entry in enumerate(index.entries, 1):
        for row, text in zip(index.rows_of(entry.id), entry.phrasings, strict=True):
            tidied = tidy(text)
            matches = index.search(index.vector(row), tidied, limit=_LOOKED_AT, without=row).matches
            for match in matches:
                if match.entry.id != entry.id:
                    _note(found[frozenset({entry.id, match.entry.id})], entry.id, text, match, near)
        progress(done, len(index.entries))
    counts = {entry.id: len(entry.phrasings) for entry in index.entries}
    pairs = (_likeness(each, counts) for each in found.values())
    return tuple(sorted((pair for pair in pairs if pair is not None), key=lambda pair: -pair.dense))


def _note(found: _Found, asked: EntryId, text: str, match: Match, near: float) -> None:
    found.sums[asked] += match.dense
    if exact_key(tidy(match.phrasing)) == exact_key(tidy(text)):
        return
    found.pairs += match.score >= near
    if found.best is None or match.dense > found.best[1].dense:
        found.best = Phrasing(entry_id=asked, text=text), match


def _likeness(found: _Found, counts: dict[EntryId, int]) -> Likeness | None:
    """None where only equal phrasings find each other; those conflict."""
    if found.best is None:
        return None
    one, match = found.best
    return Likeness(
        one=one,
        other=Phrasing(entry_id=match.entry.id, text=match.phrasing),
        dense=match.dense,
        wording=match.lexical,
        pairs=found.pairs,
        alike=round(min(found.sums[each] / counts[each] for each in (one.entry_id, match.entry.id)), 6),
    )
