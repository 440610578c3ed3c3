"""How alike two entries are asked. Asks an index each of its phrasings, so a large one takes a while."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from knowledge_base.entry import EntryId
from knowledge_base.index.version import IndexVersion, Match
from knowledge_base.text import exact_key, tidy

_LOOKED_AT = 10
"""Entries that are looked at for each phrasing; its own is mostly one of them."""


_DOUBT = 3
"""Phrasings that every entry is thought to have besides, none of them taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasing:
    entry_id: EntryId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Two entries. ``one`` and ``other``: their nearest two phrasings that are not equal; ``dense``: cosine of these'
    centred vectors; ``wording``: cosine of their n-grams. ``alike``: the mean cosine of an entry's phrasings to the
    nearest of the other, of the entry where it is less; one that does not find the other entry among the best counts 0.

    ``taken``: how many phrasings of either find the other entry first, before what else their own entry holds; equal
    ones do not count. ``share``: of an entry's n phrasings, the cosines of those that are taken, added up, over n + 3:
    of the entry where it is greater, 0 to 1. With few phrasings little is known, and 3 keeps it low.
    """

    one: Phrasing
    other: Phrasing
    dense: float
    wording: float
    taken: int
    share: float
    alike: float


@dataclass(slots=True)
class _Found:
    """What is known of two entries so far. By the entry whose phrasings were asked: ``sums`` of cosines, ``firsts`` of
    those where the other entry came first.
    """

    sums: defaultdict[EntryId, float] = field(default_factory=lambda: defaultdict(float))
    firsts: defaultdict[EntryId, float] = field(default_factory=lambda: defaultdict(float))
    best: tuple[Phrasing, Match] | None = None
    taken: int = 0


def likenesses(
    index: IndexVersion, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[Likeness, ...]:
    """Entries of which a phrasing finds the other, those with the nearest phrasings first."""
    found: defaultdict[frozenset[EntryId], _Found] = defaultdict(_Found)
    for done, entry in enumerate(index.entries, 1):
        for row, text in zip(index.rows_of(entry.id), entry.phrasings, strict=True):
            tidied = tidy(text)
            matches = index.search(index.vector(row), tidied, limit=_LOOKED_AT, without=row).matches
            for place, match in enumerate(matches):
                if match.entry.id != entry.id:
                    pair = found[frozenset({entry.id, match.entry.id})]
                    _note(pair, entry.id, text, match, first=place == 0)
        progress(done, len(index.entries))
    counts = {entry.id: len(entry.phrasings) for entry in index.entries}
    pairs = (_likeness(each, counts) for each in found.values())
    return tuple(sorted((pair for pair in pairs if pair is not None), key=lambda pair: -pair.dense))


def _note(found: _Found, asked: EntryId, text: str, match: Match, *, first: bool) -> None:
    found.sums[asked] += match.dense
    if exact_key(tidy(match.phrasing)) == exact_key(tidy(text)):
        return
    if first:
        found.firsts[asked] += max(match.dense, 0.0)
        found.taken += 1
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
        taken=found.taken,
        share=round(
            max(found.firsts[each] / (counts[each] + _DOUBT) for each in (one.entry_id, match.entry.id)), 6
        ),
        alike=round(min(found.sums[each] / counts[each] for each in (one.entry_id, match.entry.id)), 6),
    )
