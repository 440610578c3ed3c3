"""What the evidence says: every customer counted once, and whatever should not be. Pure.

A customer ends in exactly one of these ways:

- **returned**: one errand, done; one return in the mall, for what was chosen; told that it was handed in, and told
  the mall's number of it;
- **to a person**: nothing was handed in, and people have a case of it;
- **offered a person**: nothing was handed in, and the last that was heard offers a person, or to try again later.

Anything else is lost. Doubled: a second errand, a second return, a second text written; and a text heard more often
than once without a record of its own of an unknown outcome for each copy
(``docs/decisions/0011-unknown-outcomes.md``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tests.chaos.guided.evidence import CustomerEvidence, Evidence, TextEvidence

COUNTED_EXACTLY = frozenset({"possible-double"})
"""The platform's guess at what is counted exactly here."""


class End(StrEnum):
    RETURNED = "returned"
    TO_PERSON = "to a person"
    OFFERED_PERSON = "offered a person"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``ends`` counts customers; ``lost``, ``doubled`` and ``other`` are sentences, empty where all is well.

    ``told_twice_on_record``: texts heard twice that are allowed.
    """

    ends: Mapping[End, int]
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    other: tuple[str, ...]
    told_twice_on_record: int

    @property
    def problems(self) -> tuple[str, ...]:
        return (*self.lost, *self.doubled, *self.other)


def judge(evidence: Evidence) -> Verdict:
    ends = {one.name: _end(one) for one in evidence.customers}
    doubled = tuple(line for one in evidence.customers for line in _doubled(one))
    return Verdict(
        ends=Counter(ends.values()),
        lost=tuple(f"lost: {one}" for one in evidence.customers if ends[one.name] is End.LOST),
        doubled=doubled,
        other=tuple(_other(evidence)),
        told_twice_on_record=sum(
            text.heard > 1 and _extra(text) <= 0
            for one in evidence.customers
            for text in (one.submitted, one.receipt)
        ),
    )


def _end(one: CustomerEvidence) -> End:
    if not one.errands and not one.returns:
        if one.submitted.heard or one.receipt.heard:
            return End.LOST
        if one.cases:
            return End.TO_PERSON
        return End.OFFERED_PERSON if one.last_offers_person else End.LOST
    done = any(errand.state == "done" and errand.goods == one.chose for errand in one.errands)
    accepted = [each.reference for each in one.returns if each.accepted]
    told = one.submitted.heard and set(accepted) & set(one.told_numbers)
    return End.RETURNED if done and accepted and told else End.LOST


def _doubled(one: CustomerEvidence) -> Iterator[str]:
    if len(one.errands) > 1:
        yield f"{one.name}: {len(one.errands)} errands {one.errands}"
    if len(one.returns) > 1:
        yield f"{one.name}: {len(one.returns)} returns in the mall {one.returns}"
    for what, text in (("handed in", one.submitted), ("receipt", one.receipt)):
        if text.written > 1:
            yield f"{one.name}: the text {what!r} was written {text.written} times"
        if _extra(text) > 0:
            yield f"{one.name}: heard {what!r} {text.heard} times, {text.unknowns} outcomes on record as unknown"


def _extra(text: TextEvidence) -> int:
    """Copies heard that no record explains."""
    return text.heard - 1 - text.unknowns


def _other(evidence: Evidence) -> Iterator[str]:
    for code, count in evidence.violations.items():
        if code not in COUNTED_EXACTLY:
            yield f"{count} × {code}"
    yield from evidence.unsettled
    for who in evidence.returns_of_nobody:
        yield f"a return in the mall for {who}, who is no customer here"
