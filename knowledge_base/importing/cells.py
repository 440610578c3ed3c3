"""Reads what a cell, or a field of a document, holds besides plain text: days, yes and no, attachments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from knowledge_base.attachment import Attachment, AttachmentKind, attachment_problems

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
_YES = frozenset({"true", "yes", "y", "1", "是", "停用", "已停用"})
_NO = frozenset({"", "false", "no", "n", "0", "否", "启用", "已启用"})


class CellUnreadable(ValueError):
    """A cell does not hold what its column asks for; the message says what would do."""


def read_day(value: object) -> date | None:
    """A day, however a spreadsheet or a person writes it; None for an empty cell."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _text(value)
    if not text:
        return None
    found = _DAY.fullmatch(text)
    try:
        year, month, day = map(int, found.groups()) if found else (0, 0, 0)
        return date(year, month, day)
    except ValueError as exc:
        raise CellUnreadable(f"“{text}”不是日期，请写成 2026-11-30") from exc


def read_flag(value: object) -> bool:
    """Yes or no; an empty cell is no."""
    text = _text(value).lower()
    if text not in _YES | _NO:
        raise CellUnreadable(f"“{text}”应是“是”或“否”")
    return text in _YES


def read_attachments(value: object) -> tuple[Attachment, ...]:
    """A list of objects, or a text with one attachment a line as ``write_attachment`` puts it."""
    items: Iterable[object] = value if isinstance(value, list) else _text(value).split("\n")
    found = tuple(_attachment(item) for item in items if item not in ("", None))
    problems = [problem for attachment in found for problem in attachment_problems(attachment)]
    if problems:
        raise CellUnreadable("；".join(problems))
    return found


def write_attachment(attachment: Attachment) -> str:
    """An attachment as a line: kind, reference, page, ``thumb=…``, title, with spaces between those that it has."""
    thumb = f"thumb={attachment.thumb}" if attachment.thumb else ""
    parts = (attachment.kind.value, attachment.ref, attachment.page, thumb, attachment.title)
    return " ".join(part for part in parts if part)


def _attachment(item: object) -> Attachment:
    try:
        if isinstance(item, dict):
            return Attachment.from_json({str(name): field for name, field in item.items()})
        return _read_line(str(item).split())
    except (ValueError, KeyError, IndexError) as exc:
        kinds = "、".join(AttachmentKind)
        raise CellUnreadable(
            f"附件“{str(item)[:40]}”读不懂；一行一个：{kinds} 之一，空格，网址或编号，空格，标题"
        ) from exc


def _read_line(words: list[str]) -> Attachment:
    kind, ref, rest = AttachmentKind(words[0].lower()), words[1], words[2:]
    page = rest.pop(0) if kind is AttachmentKind.MINIPROGRAM and rest else ""
    thumb = rest.pop(0).removeprefix("thumb=") if rest and rest[0].startswith("thumb=") else ""
    return Attachment(kind=kind, ref=ref, page=page, thumb=thumb, title=" ".join(rest))


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
