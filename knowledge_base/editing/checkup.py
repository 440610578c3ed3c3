"""Finds what editors should look at: conflicts, duplicates, answers that contradict each other, entries nobody gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge_base.contradiction import negation_differs, numbers_differ
from knowledge_base.entry import Entry, EntryId
from knowledge_base.index.version import IndexVersion
from knowledge_base.serving import Unserved, why_unserved
from knowledge_base.text import exact_key, tidy
from knowledge_base.variables import variable_problems

NEAR = 0.85
"""Score (cosine of the centred vectors and a fifth of the wording's) from which phrasings of two entries are near."""

_SHORT_ANSWER = 6
"""Characters; entries may share a shorter answer (可以的, 不支持哦) without being the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasing:
    entry_id: EntryId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasingConflict:
    """A text that several entries hold; customers who type it are asked which is meant."""

    text: str
    entry_ids: tuple[EntryId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDuplicate:
    """Two entries with phrasings that are nearly the same. ``one`` and ``other``: the nearest two; ``dense``: cosine of
    their centred vectors; ``wording``: cosine of their n-grams; ``pairs``: how many phrasings are near one of the
    other entry.
    """

    one: Phrasing
    other: Phrasing
    dense: float
    wording: float
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SameAnswer:
    """Entries that say the same; perhaps they are one."""

    answer: str
    entry_ids: tuple[EntryId, ...]


class Opposite(StrEnum):
    NUMBERS = "numbers"
    NEGATION = "negation"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContradictingAnswers:
    """Nearly the same question, asked alike, answered differently: ``over`` numbers, or a "not" on one side alone."""

    near: NearDuplicate
    over: tuple[Opposite, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotServed:
    entry_id: EntryId
    why: Unserved


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenAnswer:
    """An answer that was stored before it was checked, and would not be let in today."""

    entry_id: EntryId
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """Everything that was found, the gravest of each kind first."""

    conflicts: tuple[PhrasingConflict, ...]
    near_duplicates: tuple[NearDuplicate, ...]
    same_answers: tuple[SameAnswer, ...]
    contradictions: tuple[ContradictingAnswers, ...]
    not_served: tuple[NotServed, ...]
    broken_answers: tuple[BrokenAnswer, ...]


def check_up(
    index: IndexVersion,
    *,
    today: date,
    near: float = NEAR,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Checkup:
    """Look at all entries of an index. Asks it each of its phrasings, so a large one takes a while."""
    entries = tuple(index.entries)
    duplicates = near_duplicates(index, near, progress)
    by_id = {entry.id: entry for entry in entries}
    return Checkup(
        conflicts=phrasing_conflicts(entries),
        near_duplicates=duplicates,
        same_answers=same_answers(entries),
        contradictions=contradicting_answers(by_id, duplicates),
        not_served=tuple(
            NotServed(entry_id=entry.id, why=why) for entry in entries if (why := why_unserved(entry, today))
        ),
        broken_answers=tuple(_broken_answers(entries)),
    )


def phrasing_conflicts(entries: Sequence[Entry]) -> tuple[PhrasingConflict, ...]:
    """Texts that several entries hold, after normalisation, each named once."""
    holders: defaultdict[str, dict[EntryId, str]] = defaultdict(dict)
    for entry in entries:
        for phrasing in entry.phrasings:
            holders[exact_key(tidy(phrasing))].setdefault(entry.id, phrasing)
    return tuple(
        PhrasingConflict(text=next(iter(held.values())), entry_ids=tuple(held))
        for key, held in holders.items()
        if key and len(held) > 1
    )


def near_duplicates(
    index: IndexVersion, near: float, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[NearDuplicate, ...]:
    """Pairs of entries with phrasings that are near but not equal, the nearest pair first."""
    best: dict[frozenset[EntryId], NearDuplicate] = {}
    pairs: defaultdict[frozenset[EntryId], int] = defaultdict(int)
    entries = index.entries
    for done, entry in enumerate(entries, 1):
        for row, phrasing in zip(index.rows_of(entry.id), entry.phrasings, strict=True):
            for found in _near(index, entry, row, phrasing, near):
                key = frozenset({found.one.entry_id, found.other.entry_id})
                pairs[key] += 1
                if key not in best or found.dense > best[key].dense:
                    best[key] = found
        progress(done, len(entries))
    found_pairs = (_counted(found, pairs[key]) for key, found in best.items())
    return tuple(sorted(found_pairs, key=lambda found: -found.dense))


def same_answers(entries: Sequence[Entry]) -> tuple[SameAnswer, ...]:
    """Answers that several entries give, most entries first."""
    givers: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        key = exact_key(tidy(entry.answer))
        if len(key) > _SHORT_ANSWER:
            givers[key].append(entry)
    found = (
        SameAnswer(answer=held[0].answer, entry_ids=tuple(entry.id for entry in held))
        for held in givers.values()
        if len(held) > 1
    )
    return tuple(sorted(found, key=lambda same: -len(same.entry_ids)))


def contradicting_answers(
    entries: Mapping[EntryId, Entry], duplicates: Sequence[NearDuplicate]
) -> tuple[ContradictingAnswers, ...]:
    """Of near duplicates, those that ask alike and answer differently."""
    found = []
    for pair in duplicates:
        if _opposites(pair.one.text, pair.other.text):
            continue
        over = _opposites(entries[pair.one.entry_id].answer, entries[pair.other.entry_id].answer)
        if over:
            found.append(ContradictingAnswers(near=pair, over=over))
    return tuple(found)


def _near(index: IndexVersion, entry: Entry, row: int, phrasing: str, near: float) -> Iterator[NearDuplicate]:
    tidied = tidy(phrasing)
    for match in index.search(index.vector(row), tidied, limit=4, without=row).matches:
        same = exact_key(tidy(match.phrasing)) == exact_key(tidied)
        if match.entry.id != entry.id and match.score >= near and not same:
            yield NearDuplicate(
                one=Phrasing(entry_id=entry.id, text=phrasing),
                other=Phrasing(entry_id=match.entry.id, text=match.phrasing),
                dense=match.dense,
                wording=match.lexical,
                pairs=1,
            )


def _counted(found: NearDuplicate, pairs: int) -> NearDuplicate:
    return NearDuplicate(
        one=found.one, other=found.other, dense=found.dense, wording=found.wording, pairs=pairs
    )


def _opposites(one: str, other: str) -> tuple[Opposite, ...]:
    left, right = tidy(one), tidy(other)
    numbers = (Opposite.NUMBERS,) if numbers_differ(left, right) else ()
    return (*numbers, Opposite.NEGATION) if negation_differs(left, right) else numbers


def _broken_answers(entries: Sequence[Entry]) -> Iterator[BrokenAnswer]:
    for entry in entries:
        for answer in (entry.answer, *(variant.answer for variant in entry.variants)):
            for problem in variable_problems(answer):
                yield BrokenAnswer(entry_id=entry.id, problem=problem)
