"""What a row says beyond question and answer: answers for audiences, days of service, attachments, switches, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from knowledge_base.attachment import Attachment
from knowledge_base.audience import AudienceUnreadable, parse_audience
from knowledge_base.entry import MAX_ANSWER, MAX_ATTACHMENTS, MAX_NOTE, MAX_VARIANTS, Entry, in_order
from knowledge_base.importing.cells import CellUnreadable, read_attachments, read_day, read_flag
from knowledge_base.importing.cleaning import clean
from knowledge_base.importing.columns import audience_of
from knowledge_base.variables import variable_problems

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """None, or a key that is missing: the file has no such column, so an entry that exists keeps its own.

    ``answers``: by audience key, an empty one takes the answer away; ``all_answers``: the entry's others go too;
    ``days``: by ``valid_from`` and ``valid_until``, None takes the limit away.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    all_answers: bool = False
    days: Mapping[str, date | None] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] | None = None
    disabled: bool | None = None
    note: str | None = None


def read_extras(fields: Mapping[str, object]) -> tuple[Extras, list[str]]:
    """What the fields of a row say, and everything that is wrong with it."""
    reasons: list[str] = []
    answers, all_answers = _answers(fields, reasons)
    extras = Extras(
        answers=answers,
        all_answers=all_answers,
        days={
            name: _read(name, read_day, fields, reasons)
            for name in ("valid_from", "valid_until")
            if name in fields
        },
        attachments=_read("attachments", read_attachments, fields, reasons),
        disabled=_read("disabled", read_flag, fields, reasons),
        note=_read("note", lambda value: clean("" if value is None else str(value)), fields, reasons),
    )
    return extras, reasons + list(_limits(extras))


def with_extras(entry: Entry, extras: Extras) -> Entry:
    """The entry with what the row says."""
    kept = {} if extras.all_answers else {each.audience.key: each.answer for each in entry.variants}
    answers = {key: answer for key, answer in {**kept, **extras.answers}.items() if answer}
    changes: dict[str, Any] = dict(extras.days)
    for name in ("attachments", "disabled", "note"):
        if getattr(extras, name) is not None:
            changes[name] = getattr(extras, name)
    return replace(entry, variants=in_order(answers), **changes)


def period_problem(entry: Entry) -> str | None:
    """What is wrong with the days of service of an entry as it would be."""
    if entry.valid_from and entry.valid_until and entry.valid_from > entry.valid_until:
        return f"生效日期 {entry.valid_from} 在失效日期 {entry.valid_until} 之后"
    return None


def _read(
    name: str, read: Callable[[object], T], fields: Mapping[str, object], reasons: list[str]
) -> T | None:
    if name not in fields:
        return None
    try:
        return read(fields[name])
    except CellUnreadable as exc:
        reasons.append(f"{name}：{exc}")
        return None


def _answers(fields: Mapping[str, object], reasons: list[str]) -> tuple[dict[str, str], bool]:
    whole = fields.get("answers")
    if whole not in (None, "") and not isinstance(whole, dict):
        reasons.append("answers 应是“渠道/客群: 答案”的对照表，例如 {kefu: …}；在表格里请用列 answer@kefu")
        whole = None
    written = [(str(key), value) for key, value in whole.items()] if isinstance(whole, dict) else []
    columns = ((audience_of(name), value) for name, value in fields.items())
    written += [(key, value) for key, value in columns if key is not None]
    found: dict[str, str] = {}
    for key, value in written:
        try:
            audience = parse_audience(key).key
        except AudienceUnreadable as exc:
            reasons.append(str(exc))
            continue
        if audience in found:
            reasons.append(f"{audience} 的答案出现了两次")
        found[audience] = clean("" if value is None else str(value))
    return found, "answers" in fields


def _limits(extras: Extras) -> Iterator[str]:
    for key, answer in extras.answers.items():
        if len(answer) > MAX_ANSWER:
            yield f"{key} 的答案有 {len(answer)} 个字，最多 {MAX_ANSWER} 个"
        yield from (f"{key} 的答案：{problem}" for problem in variable_problems(answer))
    if len(extras.answers) > MAX_VARIANTS:
        yield f"按渠道和客群的答案有 {len(extras.answers)} 个，最多 {MAX_VARIANTS} 个"
    if len(extras.attachments or ()) > MAX_ATTACHMENTS:
        yield f"附件有 {len(extras.attachments or ())} 个，最多 {MAX_ATTACHMENTS} 个"
    if len(extras.note or "") > MAX_NOTE:
        yield f"note（内部备注）有 {len(extras.note or '')} 个字，最多 {MAX_NOTE} 个"
