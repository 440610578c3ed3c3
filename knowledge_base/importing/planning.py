"""Plans an import: which entries are added, which are changed, which rows contradict others. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from knowledge_base.entry import Entry, EntryId, id_of_question
from knowledge_base.importing.checking import Draft
from knowledge_base.importing.extras import period_problem, with_extras
from knowledge_base.importing.row import Problem
from knowledge_base.text import exact_key, tidy


class Effect(StrEnum):
    """What a row does to the entries."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEffect:
    """What one row does: the entry before it (None: there was none) and after."""

    file: str
    line: int
    effect: Effect
    before: Entry | None
    after: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import would do.

    ``entries``: everything after it, old entries in their places, new ones at the end. ``conflicts``: phrasings that
    several entries hold; customers who type one are asked which is meant. ``effects``: what each good row does.
    """

    entries: tuple[Entry, ...]
    added: int
    updated: int
    unchanged: int
    problems: tuple[Problem, ...]
    conflicts: tuple[str, ...]
    effects: tuple[RowEffect, ...] = ()


@dataclass(slots=True)
class _Draught:
    """The entries while drafts are applied to them one by one."""

    entries: dict[EntryId, Entry]
    by_question: dict[str, EntryId]
    seen: dict[EntryId, str] = field(default_factory=dict)
    effects: list[RowEffect] = field(default_factory=list)


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
    counts = Counter(each.effect for each in work.effects)
    return Plan(
        entries=entries,
        added=counts[Effect.ADDED],
        updated=counts[Effect.UPDATED],
        unchanged=counts[Effect.UNCHANGED],
        problems=tuple(problems),
        conflicts=find_conflicts(entries),
        effects=tuple(work.effects),
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
    problem = period_problem(entry)
    if problem:
        return problem
    work.seen[entry_id] = f"{draft.file}:{draft.line}"
    if before is not None:
        work.by_question.pop(tidy(before.question), None)
    work.by_question[question] = entry_id
    work.entries[entry_id] = entry
    work.effects.append(
        RowEffect(file=draft.file, line=draft.line, effect=_effect(before, entry), before=before, after=entry)
    )
    return None


def _effect(before: Entry | None, after: Entry) -> Effect:
    if before is None:
        return Effect.ADDED
    return Effect.UNCHANGED if before == after else Effect.UPDATED


def _entry(entry_id: EntryId, draft: Draft, before: Entry | None) -> Entry:
    entry = before or Entry(id=entry_id, question=draft.question, answer=draft.answer)
    entry = replace(
        entry,
        question=draft.question,
        answer=draft.answer,
        similar=entry.similar if draft.similar is None else draft.similar,
        category=entry.category if draft.category is None else draft.category,
    )
    return with_extras(entry, draft.extras)
