"""The difference between two states of the entries, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.editing.changes import EntryChange, changes_between
from knowledge_base.entry import Entry, EntryId
from knowledge_base.importing.cells import write_attachment

FIELDS: Mapping[str, str] = {
    "question": "问题",
    "similar": "相似问",
    "answer": "答案",
    "category": "分类",
    "valid_from": "生效日期",
    "valid_until": "失效日期",
    "attachments": "附件",
    "disabled": "停用",
    "note": "内部备注",
}
"""The fields in the order in which they are shown, and what editors call them."""


class DiffKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A field of one text. ``field``: a column of an import (``answer@kefu`` too); "" where there was nothing."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """A field of several texts. ``moved``: the same texts in another order."""

    field: str
    label: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    moved: bool


FieldChange = TextChange | ListChange


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDiff:
    """``question``: as it is afterwards, of a removed entry as it was. Added and removed entries name every field."""

    entry_id: EntryId
    question: str
    kind: DiffKind
    fields: tuple[FieldChange, ...]


def diff(before: Sequence[Entry], after: Sequence[Entry]) -> tuple[EntryDiff, ...]:
    """What is different, removed entries first; only moved entries are no difference."""
    return tuple(diff_change(change) for change in changes_between(before, after).entries)


def diff_change(change: EntryChange) -> EntryDiff:
    """The difference that one change makes."""
    kind = DiffKind.CHANGED
    if change.before is None or change.after is None:
        kind = DiffKind.ADDED if change.before is None else DiffKind.REMOVED
    return EntryDiff(
        entry_id=change.entry_id,
        question=change.entry.question,
        kind=kind,
        fields=tuple(_fields(_values(change.before), _values(change.after))),
    )


def _fields(
    before: Mapping[str, str | tuple[str, ...]], after: Mapping[str, str | tuple[str, ...]]
) -> Iterator[FieldChange]:
    audiences = sorted({name for name in (*before, *after) if "@" in name})
    names = list(FIELDS)
    names[names.index("answer") + 1 : names.index("answer") + 1] = audiences
    for name in names:
        label = FIELDS.get(name) or name.replace("answer", FIELDS["answer"])
        old, new = before.get(name, ""), after.get(name, "")
        if (old or new) and old != new:
            yield _field(name, label, old, new)


def _field(name: str, label: str, old: str | tuple[str, ...], new: str | tuple[str, ...]) -> FieldChange:
    if isinstance(old, str) and isinstance(new, str):
        return TextChange(field=name, label=label, before=old, after=new)
    olds, news = tuple(old), tuple(new)
    added = tuple(text for text in news if text not in olds)
    removed = tuple(text for text in olds if text not in news)
    return ListChange(field=name, label=label, added=added, removed=removed, moved=not added and not removed)


def _values(entry: Entry | None) -> Mapping[str, str | tuple[str, ...]]:
    if entry is None:
        return {}
    return {
        "question": entry.question,
        "similar": entry.similar,
        "answer": entry.answer,
        **{f"answer@{variant.audience.key}": variant.answer for variant in entry.variants},
        "category": entry.category,
        "valid_from": entry.valid_from.isoformat() if entry.valid_from else "",
        "valid_until": entry.valid_until.isoformat() if entry.valid_until else "",
        "attachments": tuple(map(write_attachment, entry.attachments)),
        "disabled": "是" if entry.disabled else "",
        "note": entry.note,
    }
