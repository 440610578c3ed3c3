"""Which questions a change is tried on, and what would be right before and after it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge_base.decision import Verdict
from knowledge_base.editing.trial import Source
from knowledge_base.entry import Entry, EntryId
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.serving import Asker
from knowledge_base.text import exact_key, tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialQuestion:
    """``tidied``: what is asked; ``right_before`` and ``right_after``: entries that answer it; none: to be refused.
    ``entry_id``: the entry whose phrasing it is, so that the phrasing can be left out where it is stored.
    """

    text: str
    tidied: str
    source: Source
    right_before: frozenset[EntryId]
    right_after: frozenset[EntryId]
    entry_id: EntryId | None = None


def trial_questions(
    before: Sequence[Entry], after: Sequence[Entry], log: Iterable[LabelledQuestion]
) -> tuple[TrialQuestion, ...]:
    """Every phrasing of every entry, now or afterwards, then the log.

    A phrasing must find its entry. Where it went to another entry, that one is right: merging two entries loses
    nothing. Where no entry holds it any more, its old entry is right still: customers go on asking.
    """
    holders = (_holders(before), _holders(after))
    found = {
        (entry.id, tidy(phrasing)): phrasing
        for entry in (*before, *after)
        for phrasing in entry.phrasings
        if exact_key(tidy(phrasing))
    }
    phrasings = [
        TrialQuestion(
            text=text,
            tidied=tidied,
            source=Source.PHRASING,
            entry_id=entry_id,
            right_before=_right(entry_id, tidied, holders[0]),
            right_after=_right(entry_id, tidied, holders[1]),
        )
        for (entry_id, tidied), text in found.items()
    ]
    labelled = [
        TrialQuestion(
            text=question.text,
            tidied=tidy(question.text),
            source=Source.LOG,
            right_before=question.expected,
            right_after=question.expected,
        )
        for question in log
    ]
    return (*phrasings, *labelled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is different between two states of the entries, as far as verdicts go. ``all``: every verdict may differ;
    ``entries``: those may whose ranking has one of these.
    """

    all: bool
    entries: frozenset[EntryId] = frozenset()

    @property
    def any(self) -> bool:
        return self.all or bool(self.entries)

    def concerns(self, before: Verdict) -> bool:
        """Whether the verdict may be another than it was before."""
        return self.all or any(candidate.entry_id in self.entries for candidate in before.ranked)


def change_between(before: Sequence[Entry], after: Sequence[Entry], asker: Asker) -> Change:
    """One phrasing more or less moves what all vectors share and the weight of every n-gram, and with them every score:
    then nothing that was found before holds exactly. So it is with another order, which decides between equal scores,
    and with an entry that is served from now on, since it may be found anywhere. What else verdicts look at (answers
    and categories), and that an entry is not served any more, concerns only questions that found the entry.
    """
    phrased = [[(entry.id, entry.phrasings) for entry in entries] for entries in (before, after)]
    if phrased[0] != phrased[1]:
        return Change(all=True)
    pairs = list(zip(before, after, strict=True))
    if any(asker.is_served(new) and not asker.is_served(old) for old, new in pairs):
        return Change(all=True)
    return Change(
        all=False,
        entries=frozenset(
            old.id
            for old, new in pairs
            if asker.is_served(old)
            and (old.answer, old.category, True) != (new.answer, new.category, asker.is_served(new))
        ),
    )


def _right(entry_id: EntryId, tidied: str, holders: Mapping[str, set[EntryId]]) -> frozenset[EntryId]:
    held = holders.get(exact_key(tidied), set())
    return frozenset({entry_id} if entry_id in held or not held else held)


def _holders(entries: Iterable[Entry]) -> Mapping[str, set[EntryId]]:
    holders: defaultdict[str, set[EntryId]] = defaultdict(set)
    for entry in entries:
        for phrasing in entry.phrasings:
            holders[exact_key(tidy(phrasing))].add(entry.id)
    return holders
