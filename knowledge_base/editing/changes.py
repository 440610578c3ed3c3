"""What is different between two states of the entries, kept so that either can be made from the other. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge_base.entry import Entry, EntryId
from knowledge_base.index.manifest import entries_text


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """``before`` None: added; ``after`` None: removed. ``at``: the place, from 0, that an added entry gets."""

    before: Entry | None
    after: Entry | None
    at: int = 0

    @property
    def entry(self) -> Entry:
        """As it is after the change, or as it was when it was removed."""
        entry = self.after or self.before
        if entry is None:
            raise ValueError("a change of nothing")
        return entry

    @property
    def entry_id(self) -> EntryId:
        return self.entry.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """``order``: ids of all entries afterwards, where entries that stayed changed places; else None."""

    entries: tuple[EntryChange, ...] = ()
    order: tuple[EntryId, ...] | None = None

    def __bool__(self) -> bool:
        return bool(self.entries) or self.order is not None


def changes_between(before: Sequence[Entry], after: Sequence[Entry]) -> Changes:
    """``apply_changes(before, changes_between(before, after)) == after``, for entries with unique ids."""
    old, new = {entry.id: entry for entry in before}, {entry.id: entry for entry in after}
    found = [EntryChange(before=entry, after=None) for entry in before if entry.id not in new]
    found += [
        EntryChange(before=old.get(entry.id), after=entry, at=at if entry.id not in old else 0)
        for at, entry in enumerate(after)
        if old.get(entry.id) != entry
    ]
    stayed = [entry.id for entry in before if entry.id in new]
    moved = stayed != [entry.id for entry in after if entry.id in old]
    return Changes(entries=tuple(found), order=tuple(entry.id for entry in after) if moved else None)


def apply_changes(entries: Iterable[Entry], changes: Changes) -> tuple[Entry, ...]:
    """The entries afterwards."""
    current = {entry.id: entry for entry in entries}
    for change in changes.entries:
        if change.after is None:
            current.pop(change.entry_id, None)
        elif change.before is not None:
            current[change.entry_id] = change.after
    found = list(current.values())
    added = [change for change in changes.entries if change.before is None]
    for change in sorted(added, key=lambda change: change.at):
        found.insert(change.at, change.entry)
    if changes.order is None:
        return tuple(found)
    by_id = {entry.id: entry for entry in found}
    return tuple(by_id[entry_id] for entry_id in changes.order)


def digest_of(entries: Iterable[Entry]) -> str:
    """Names a state of the entries."""
    return digest_of_text(entries_text(entries))


def digest_of_text(text: str) -> str:
    """Names a state by the text that ``entries_text`` gives for it."""
    return hashlib.sha256(text.encode()).hexdigest()


def changes_as_json(changes: Changes) -> dict[str, object]:
    return {
        "changes": [
            {
                "before": change.before.as_json() if change.before else None,
                "after": change.after.as_json() if change.after else None,
                "at": change.at,
            }
            for change in changes.entries
        ],
        **({"order": list(changes.order)} if changes.order is not None else {}),
    }


def changes_from_json(raw: Mapping[str, Any]) -> Changes:
    """What ``changes_as_json`` wrote; raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
    order = raw.get("order")
    return Changes(
        entries=tuple(
            EntryChange(
                before=Entry.from_json(change["before"]) if change["before"] else None,
                after=Entry.from_json(change["after"]) if change["after"] else None,
                at=int(change["at"]),
            )
            for change in raw["changes"]
        ),
        order=None if order is None else tuple(EntryId(str(entry_id)) for entry_id in order),
    )
