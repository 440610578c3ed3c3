"""Checks a row and turns it into a draft of an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge_base.entry import MAX_ANSWER, MAX_CATEGORY, MAX_ID, MAX_QUESTION, MAX_SIMILAR, EntryId
from knowledge_base.importing.cleaning import clean
from knowledge_base.importing.columns import NO_RENAMING, Renaming, field_of
from knowledge_base.importing.extras import Extras, read_extras
from knowledge_base.importing.row import Problem, Row
from knowledge_base.text import exact_key, tidy
from knowledge_base.variables import variable_problems

_LONGEST: Mapping[str, int] = {
    "id": MAX_ID,
    "question": MAX_QUESTION,
    "answer": MAX_ANSWER,
    "category": MAX_CATEGORY,
}

_ID = re.compile(r"[^\s|,，/\\]+")
_BAR = re.compile(r"(?<!\\)\|")
_NOT_PLAIN = frozenset({"similar", "answers", "attachments"})
"""Fields that may be lists or objects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A row that is right in itself. None: the file has no such column, so an entry that exists keeps its own."""

    file: str
    line: int
    id: EntryId | None
    question: str
    answer: str
    similar: tuple[str, ...] | None
    category: str | None
    extras: Extras = field(default_factory=Extras)


def check_row(row: Row, renaming: Renaming = NO_RENAMING) -> Draft | list[Problem]:
    """A draft, or everything that is wrong with the row."""
    fields, reasons = _named(row.fields, renaming)
    reasons += _wrong_types(fields)
    texts = {name: clean(_text(fields[name])) for name in _LONGEST if name in fields}
    similar = _similar(fields["similar"], texts.get("question", "")) if "similar" in fields else None
    reasons += _missing(texts.get("question", ""), texts.get("answer", ""))
    reasons += _limits(texts)
    reasons += _similar_limits(similar or ())
    reasons += variable_problems(texts.get("answer", ""))
    extras, wrong = read_extras(fields)
    reasons += wrong
    if reasons:
        return [Problem(file=row.file, line=row.line, reason=reason) for reason in reasons]
    return Draft(
        file=row.file,
        line=row.line,
        id=EntryId(texts["id"]) if texts.get("id") else None,
        question=texts["question"],
        answer=texts["answer"],
        similar=similar,
        category=texts.get("category"),
        extras=extras,
    )


def unknown_columns(row: Row, renaming: Renaming = NO_RENAMING) -> list[str]:
    """Columns that hold something and mean nothing here; they are ignored."""
    return [
        str(column)
        for column, value in row.fields.items()
        if str(column).strip() and field_of(column, renaming) is None and value not in (None, "")
    ]


def _named(raw: Mapping[str, object], renaming: Renaming) -> tuple[dict[str, object], list[str]]:
    fields: dict[str, object] = {}
    reasons: list[str] = []
    for column, value in raw.items():
        name = field_of(column, renaming)
        if name in fields:
            reasons.append(f"列“{name}”出现了两次")
        elif name is not None:
            fields[name] = value
    return fields, reasons


def _wrong_types(fields: Mapping[str, object]) -> Iterator[str]:
    for name, value in fields.items():
        if name == "similar" and isinstance(value, list):
            if not all(isinstance(item, str | int | float) for item in value):
                yield "similar 的每一项应是文字"
        elif isinstance(value, list | dict) and name not in _NOT_PLAIN:
            yield f"{name} 应是文字"


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _similar(value: object, question: str) -> tuple[str, ...]:
    """Other phrasings, without empty ones and those that say the same as an earlier one."""
    parts = [str(item) for item in value] if isinstance(value, list) else split_phrasings(_text(value))
    found: dict[str, str] = {tidy(question): ""}
    for part in map(clean, parts):
        if part:
            found.setdefault(tidy(part), part)
    return tuple(part for part in found.values() if part)


def split_phrasings(cell: str) -> list[str]:
    """The phrasings of one cell; a bar that belongs to a phrasing has a backslash before it."""
    return [part.replace("\\|", "|") for part in _BAR.split(cell)]


def _missing(question: str, answer: str) -> Iterator[str]:
    if not question:
        yield "缺少 question（问题）"
    elif not exact_key(tidy(question)):
        yield "question（问题）里没有文字"
    if not answer:
        yield "缺少 answer（答案）"


def _limits(texts: Mapping[str, str]) -> Iterator[str]:
    for name, limit in _LONGEST.items():
        length = len(texts.get(name, ""))
        if length > limit:
            yield f"{name} 有 {length} 个字，最多 {limit} 个"
    if texts.get("id") and not _ID.fullmatch(texts["id"]):
        yield "id（编号）里不能有空格、逗号、斜线或竖线"


def _similar_limits(similar: tuple[str, ...]) -> Iterator[str]:
    if len(similar) > MAX_SIMILAR:
        yield f"similar 有 {len(similar)} 个，最多 {MAX_SIMILAR} 个"
    for phrasing in similar:
        if len(phrasing) > MAX_QUESTION:
            yield f"相似问“{phrasing[:20]}…”有 {len(phrasing)} 个字，最多 {MAX_QUESTION} 个"
        elif not exact_key(tidy(phrasing)):
            yield f"相似问“{phrasing[:20]}”里没有文字"
