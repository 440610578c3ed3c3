"""Finds what editors should look at: conflicts, duplicates, answers that contradict each other, entries nobody gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge_base.contradiction import negation_differs
from knowledge_base.contrast import contrast
from knowledge_base.editing.likeness import Likeness, likenesses
from knowledge_base.entry import Entry, EntryId
from knowledge_base.index.version import IndexVersion
from knowledge_base.quantity import quantity_differs
from knowledge_base.serving import Unserved, why_unserved
from knowledge_base.text import exact_key, tidy
from knowledge_base.variables import variable_problems

NEAR = 0.19
"""``Likeness.share`` from which entries are nearly duplicates. Chosen by duplicates that were planted, see
docs/editor.md.
"""

ALIKE = 0.6
"""``Likeness.alike`` from which entries ask the same. On the example shop seven contradictions are named then, none of
them real; of 62 of its entries that were split into two with other numbers in one of the answers, 38 are found (at
.65: 2 and 29; at .55: 50).
"""

_SHORT_ANSWER = 6
"""Characters; entries may share a shorter answer (可以的, 不支持哦) without being the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasingConflict:
    """A text that several entries hold; customers who type it are asked which is meant."""

    text: str
    entry_ids: tuple[EntryId, ...]


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
    """Entries that ask the same and answer differently: ``over`` numbers, or a "not" on one side alone."""

    near: Likeness
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
    near_duplicates: tuple[Likeness, ...]
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
    pairs = likenesses(index, progress)
    by_id = {entry.id: entry for entry in entries}
    return Checkup(
        conflicts=phrasing_conflicts(entries),
        near_duplicates=tuple(
            sorted((pair for pair in pairs if pair.share >= near), key=lambda pair: -pair.share)
        ),
        same_answers=same_answers(entries),
        contradictions=contradicting_answers(by_id, pairs),
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
    entries: Mapping[EntryId, Entry], pairs: Sequence[Likeness]
) -> tuple[ContradictingAnswers, ...]:
    """Of entries that ask the same, those that answer differently. Where the questions themselves differ in a number, a
    "not", or the thing they speak of, so may the answers.
    """
    found = []
    for pair in pairs:
        one, other = entries[pair.one.entry_id], entries[pair.other.entry_id]
        if pair.alike < ALIKE or _differ(one.question, other.question):
            continue
        if over := _opposites(one.answer, other.answer):
            found.append(ContradictingAnswers(near=pair, over=over))
    return tuple(found)


def _differ(one: str, other: str) -> bool:
    left, right = tidy(one), tidy(other)
    sides = contrast(left, [right]) or contrast(right, [left])
    return bool(_opposites(one, other) or sides)


def _opposites(one: str, other: str) -> tuple[Opposite, ...]:
    left, right = tidy(one), tidy(other)
    numbers = (Opposite.NUMBERS,) if quantity_differs(left, [right]) else ()
    return (*numbers, Opposite.NEGATION) if negation_differs(left, right) else numbers


def _broken_answers(entries: Sequence[Entry]) -> Iterator[BrokenAnswer]:
    for entry in entries:
        for answer in (entry.answer, *(variant.answer for variant in entry.variants)):
            for problem in variable_problems(answer):
                yield BrokenAnswer(entry_id=entry.id, problem=problem)
