"""The form of an entry: between what is typed, the fields of a draft, and what is wrong with each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge_base.attachment import Attachment
from knowledge_base.audience import AudienceUnreadable, parse_audience
from knowledge_base.entry import Entry, EntryId
from knowledge_base.importing.cells import write_attachment
from knowledge_base.importing.checking import Draft, check_row
from knowledge_base.importing.planning import plan_import
from knowledge_base.importing.row import Row
from knowledge_base.text import tidy

MAX_ROWS = 50
_TEXTS = ("question", "answer", "category", "valid_from", "valid_until", "attachments", "note")
_CHECKED = (*_TEXTS, "similar", "answers")
_SOUND = {"question": "问题", "answer": "答案"}
_PLAINER = (
    ("缺少 question（问题）", "请写上问题"),
    ("缺少 answer（答案）", "请写上答案"),
    ("question（问题）", "问题"),
    ("answer（答案）", "答案"),
    ("note（内部备注）", "内部备注"),
    ("valid_from：", ""),
    ("valid_until：", ""),
    ("attachments：", ""),
    ("question 有", "问题有"),
    ("answer 有", "答案有"),
    ("category 有", "分类有"),
    ("similar 有", "其他问法有"),
)

Errors = Mapping[str, Sequence[str]]
"""By field of the form, what is wrong with it, each with its cure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """An answer for a channel ("": any) and a segment ("": any); an empty ``answer`` takes it away."""

    channel: str = ""
    segment: str = ""
    answer: str = ""

    @property
    def key(self) -> str:
        """As ``parse_audience`` reads it."""
        return f"{self.channel or '*'}/{self.segment}" if self.segment else self.channel


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryForm:
    """What stands in the form, right or not. ``similar`` and ``attachments``: one a line."""

    question: str = ""
    similar: str = ""
    answer: str = ""
    category: str = ""
    valid_from: str = ""
    valid_until: str = ""
    attachments: str = ""
    note: str = ""
    disabled: bool = False
    rows: tuple[AnswerRow, ...] = field(default_factory=tuple)


def form_of_post(form: Mapping[str, str], rows: Sequence[AnswerRow]) -> EntryForm:
    """What was sent; browsers end lines with CR LF."""
    texts = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in (*_TEXTS, "similar")}
    filled = tuple(row for row in rows if row.answer.strip())[:MAX_ROWS]
    return EntryForm(**texts, disabled=form.get("disabled") == "yes", rows=filled)


def form_of_fields(fields: Mapping[str, Any]) -> EntryForm:
    """A draft's fields, also of one that was not made here and has some only."""
    similar = fields.get("similar", "")
    texts = {name: str(fields.get(name) or "") for name in _TEXTS if name != "attachments"}
    answers = fields.get("answers")
    return EntryForm(
        **texts,
        similar="\n".join(map(str, similar)) if isinstance(similar, list) else str(similar),
        attachments=_attachment_lines(fields.get("attachments", "")),
        disabled=fields.get("disabled") is True,
        rows=tuple(_row(str(key), str(text)) for key, text in answers.items())
        if isinstance(answers, dict)
        else (),
    )


def fields_of_form(form: EntryForm) -> dict[str, Any]:
    """Every field, so that one that was cleared is cleared."""
    return {
        **{name: getattr(form, name) for name in _TEXTS},
        "similar": [line.strip() for line in form.similar.split("\n") if line.strip()],
        "answers": {row.key: row.answer.strip() for row in form.rows},
        "disabled": form.disabled,
    }


def row_errors(form: EntryForm) -> list[str]:
    """Why the answers by channel and segment cannot even be a draft."""
    found: list[str] = []
    keys: set[str] = set()
    for row in form.rows:
        start = row.answer.strip()[:12]
        if not row.key:
            found.append(f"“{start}…”是说给谁听的？请选一个渠道，或写一个客群")
            continue
        try:
            key = parse_audience(row.key).key
        except AudienceUnreadable as exc:
            found.append(str(exc))
            continue
        if key in keys:
            found.append("同一个渠道和客群写了两个答案，留一个就好")
        keys.add(key)
    return found


def errors_of(form: EntryForm, entry_id: EntryId | None, entries: Sequence[Entry]) -> Errors:
    """Everything that keeps the form from becoming an entry; ``entry_id`` None: a new one."""
    fields = fields_of_form(form)
    # Each field is checked with sound others, so that what is said is about this one.
    found = {name: reasons for name in _CHECKED if (reasons := _reasons({**_SOUND, name: fields[name]}))}
    if rows := row_errors(form):
        found["answers"] = rows
    return found or _errors_among(fields, entry_id, entries)


def _errors_among(fields: Mapping[str, Any], entry_id: EntryId | None, entries: Sequence[Entry]) -> Errors:
    """What is wrong with sound fields as a whole, and beside the other entries."""
    if entry_id is None:
        held = next((each for each in entries if tidy(each.question) == tidy(str(fields["question"]))), None)
        if held is not None:
            return {"question": [f"已经有这个问题了（编号 {held.id}），请到那一条里改"]}
    whole = fields if entry_id is None else {**fields, "id": entry_id}
    checked = check_row(Row(file="", line=0, fields=whole))
    if not isinstance(checked, Draft):
        return {"question": [_plain(problem.reason) for problem in checked]}
    found: dict[str, list[str]] = {}
    for problem in plan_import(entries, [checked]).problems:
        name = "valid_until" if "生效日期" in problem.reason else "question"
        found.setdefault(name, []).append(problem.reason)
    return found


def _reasons(fields: Mapping[str, object]) -> list[str]:
    checked = check_row(Row(file="", line=0, fields=fields))
    return [] if isinstance(checked, Draft) else [_plain(problem.reason) for problem in checked]


def _plain(reason: str) -> str:
    for technical, plain in _PLAINER:
        reason = reason.replace(technical, plain)
    return reason


def _row(key: str, answer: str) -> AnswerRow:
    try:
        audience = parse_audience(key)
    except AudienceUnreadable:
        return AnswerRow(segment=key, answer=answer)
    return AnswerRow(
        channel=audience.channel.value if audience.channel else "", segment=audience.segment, answer=answer
    )


def _attachment_lines(value: object) -> str:
    if not isinstance(value, list):
        return str(value or "")
    return "\n".join(_attachment_line(item) for item in value)


def _attachment_line(item: object) -> str:
    try:
        return write_attachment(Attachment.from_json(item)) if isinstance(item, dict) else str(item)
    except (ValueError, KeyError):
        return str(item)
