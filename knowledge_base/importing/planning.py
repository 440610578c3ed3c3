"""Plans an import: which entries are added, which are changed, which rows contradict others. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from knowledge_base.entry import Entry, EntryId, id_of_question
from knowledge_base.importing.checking import Draft
from knowledge_base.importing.row import Problem
from knowledge_base.text import exact_key, tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import would do.

    ``entries``: everything after it, old entries in their places, new ones at the end. ``conflicts``: phrasings that
    several entries hold; customers who type one are asked which is meant.
    """

    entries: tuple[Entry, ...]
    added: int
    updated: int
    unchanged: int
    problems: tuple[Problem, ...]
    conflicts: tuple[str, ...]


@dataclass(slots=True)
class _Draught:
    """The entries while drafts are applied to them one by one."""

    entries: dict[EntryId, Entry]
    by_question: dict[str, EntryId]
    seen: dict[EntryId, str] = field(default_factory=dict)
    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))


def plan_import(existing: Sequence[Entry], drafts: Iterable[Draft]) -> Plan:
    """Upsert by id, else by question.

    A row whose entry or question an earlier row or another entry has is a problem and changes nothing.
    """
    work = _Draught(
        entries={entry.id: entry for entry in existing},
        by_question={tidy(entry.question): entry.id for entry in existing},
    )
    problems = []
    for draft in drafts:
        reason = _apply(work, draft)
        if reason:
            problems.append(Problem(file=draft.file, line=draft.line, reason=reason))
    entries = tuple(work.entries.values())
    return Plan(
        entries=entries,
        added=work.counts["added"],
        updated=work.counts["updated"],
        unchanged=work.counts["unchanged"],
        problems=tuple(problems),
        conflicts=find_conflicts(entries),
    )


def find_conflicts(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Phrasings that more than one entry holds, after normalisation, each named once."""
    holders: defaultdict[str, dict[EntryId, str]] = defaultdict(dict)
    for entry in entries:
        for phrasing in entry.phrasings:
            holders[exact_key(tidy(phrasing))].setdefault(entry.id, phrasing)
    return tuple(
        f"{next(iter(held.values()))}（{'、'.join(held)}）" for held in holders.values() if len(held) > 1
    )


def _apply(work: _Draught, draft: Draft) -> str | None:
    question = tidy(draft.question)
    holder = work.by_question.get(question)
    entry_id = draft.id or holder or id_of_question(draft.question)
    if entry_id in work.seen:
        what = f"编号 {entry_id}" if draft.id else f"问题“{draft.question}”"
        return f"{what}和 {work.seen[entry_id]} 重复"
    if holder is not None and holder != entry_id:
        where = work.seen.get(holder)
        return f"问题“{draft.question}”已属于编号 {holder}" + (f"（{where}）" if where else "")
    before = work.entries.get(entry_id)
    entry = _entry(entry_id, draft, before)
    work.seen[entry_id] = f"{draft.file}:{draft.line}"
    if before is not None:
        work.by_question.pop(tidy(before.question), None)
    work.by_question[question] = entry_id
    work.entries[entry_id] = entry
    work.counts["added" if before is None else "unchanged" if before == entry else "updated"] += 1
    return None


def _entry(entry_id: EntryId, draft: Draft, before: Entry | None) -> Entry:
    old_similar = before.similar if before else ()
    old_category = before.category if before else ""
    return Entry(
        id=entry_id,
        question=draft.question,
        answer=draft.answer,
        similar=old_similar if draft.similar is None else draft.similar,
        category=old_category if draft.category is None else draft.category,
    )
