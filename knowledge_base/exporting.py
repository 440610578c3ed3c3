"""Writes entries to files that ``kb import`` reads back as they were: csv, xlsx, jsonl, yaml."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import yaml

from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.importing.cells import write_attachment
from knowledge_base.importing.formula_guard import guarded

_LONGEST_CELL = 32_767
"""Characters that a cell of an xlsx file holds; the format's own limit."""

_FIRST = ("编号", "分类", "问题", "相似问", "答案")
_LAST = ("生效日期", "失效日期", "附件", "停用", "内部备注")


class ExportImpossible(KnowledgeBaseError):
    """The entries cannot be written in the format that was asked for; the message says which can."""


def export_bytes(entries: Sequence[Entry], suffix: str) -> bytes:
    """A file of all entries; ``suffix``: ``.csv``, ``.xlsx``, ``.jsonl``, ``.yaml``. Raises ``ExportImpossible``."""
    writer = _WRITERS.get(suffix.lower())
    if writer is None:
        raise ExportImpossible(f"不支持的格式 {suffix or '（没有后缀）'}，可用：{' '.join(_WRITERS)}")
    return writer(entries)


def export_file(entries: Sequence[Entry], path: Path) -> None:
    """Write all entries to ``path``, in the format of its suffix."""
    content = export_bytes(entries, path.suffix)
    try:
        path.write_bytes(content)
    except OSError as exc:
        raise ExportImpossible(f"{path} 写不了（{exc.strerror or exc}）") from exc


def as_table(entries: Sequence[Entry]) -> list[list[str]]:
    """Header and rows, one column for every audience that some entry answers; not guarded yet."""
    audiences = sorted({variant.audience.key for entry in entries for variant in entry.variants})
    header = [*_FIRST, *(f"答案@{key}" for key in audiences), *_LAST]
    return [header, *(_row(entry, audiences) for entry in entries)]


def as_documents(entries: Sequence[Entry]) -> list[dict[str, object]]:
    """Every field of every entry, the empty ones too: importing them brings back what there was."""
    empty: dict[str, object] = {
        "answers": {},
        "valid_from": None,
        "valid_until": None,
        "attachments": [],
        "disabled": False,
        "note": "",
    }
    return [
        {**entry.as_json(), **{k: entry.as_json().get(k, v) for k, v in empty.items()}} for entry in entries
    ]


def _row(entry: Entry, audiences: Sequence[str]) -> list[str]:
    answers = {variant.audience.key: variant.answer for variant in entry.variants}
    return [
        entry.id,
        entry.category,
        entry.question,
        "|".join(map(_in_one_cell, entry.similar)),
        entry.answer,
        *(answers.get(key, "") for key in audiences),
        entry.valid_from.isoformat() if entry.valid_from else "",
        entry.valid_until.isoformat() if entry.valid_until else "",
        "\n".join(map(write_attachment, entry.attachments)),
        "是" if entry.disabled else "",
        entry.note,
    ]


def _in_one_cell(phrasing: str) -> str:
    # A space keeps a backslash at the end from reaching the bar that follows; reading takes it away.
    return phrasing.replace("|", "\\|") + (" " if phrasing.endswith("\\") else "")


def _csv(entries: Sequence[Entry]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([guarded(cell) for cell in row] for row in as_table(entries))
    # With a mark: spreadsheets in China otherwise take the file for GB 18030.
    return file.getvalue().encode("utf-8-sig")


def _xlsx(entries: Sequence[Entry]) -> bytes:
    table = as_table(entries)
    for row in table:
        for cell in row:
            if len(guarded(cell)) > _LONGEST_CELL:
                raise ExportImpossible(
                    f"{row[0]} 的一格超过 {_LONGEST_CELL} 个字，xlsx 放不下；请用 csv 或 jsonl"
                )
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("问答")
    for row in table:
        sheet.append([guarded(cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _jsonl(entries: Sequence[Entry]) -> bytes:
    lines = (json.dumps(document, ensure_ascii=False) + "\n" for document in as_documents(entries))
    return "".join(lines).encode()


def _yaml(entries: Sequence[Entry]) -> bytes:
    text = yaml.safe_dump(as_documents(entries), allow_unicode=True, sort_keys=False, width=110)
    return str(text).encode()


_WRITERS: Mapping[str, Callable[[Sequence[Entry]], bytes]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".jsonl": _jsonl,
    ".yaml": _yaml,
    ".yml": _yaml,
}
