"""Shows an import before anything is stored: how columns are read, the first rows, what each row would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.entry import Entry
from knowledge_base.importing.columns import (
    NO_RENAMING,
    Renaming,
    field_of,
    missing_fields,
    renaming_problems,
)
from knowledge_base.importing.files import read_files, read_lines, read_rows
from knowledge_base.importing.planning import Plan, plan_import
from knowledge_base.importing.row import Problem, Row
from knowledge_base.importing.tables import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """``field``: what the column is read as, None when it is left out."""

    header: str
    field: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """``rows``: the first rows as the file has them, cells in the order of ``columns``; ``missing``: needed fields that
    no column stands for; ``problems``: everything that is wrong, of the file, its rows and the renaming.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    missing: tuple[str, ...]
    plan: Plan
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...]


def preview_import(
    path: Path, existing: Sequence[Entry], renaming: Renaming = NO_RENAMING, *, shown: int = 10
) -> Preview:
    """What importing ``path`` would do; its columns are shown even when they mean nothing here, so that they can be
    renamed. Reads the file, stores nothing.
    """
    headers, rows = _first_rows(path, shown)
    reading = read_files([path], renaming)
    plan = plan_import(existing, reading.drafts)
    wrong = (Problem(file=path.name, line=0, reason=reason) for reason in renaming_problems(renaming))
    return Preview(
        columns=tuple(Column(header=header, field=field_of(header, renaming)) for header in headers),
        rows=rows,
        missing=tuple(missing_fields(headers, renaming)),
        plan=plan,
        problems=(*wrong, *reading.problems, *plan.problems),
        ignored=reading.ignored,
    )


def _first_rows(path: Path, shown: int) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    header: tuple[str, ...] | None = None
    cells: list[tuple[str, ...]] = []
    for line in read_lines(path):
        if not isinstance(line, Line) or len(cells) == shown:
            break
        if header is None:
            header = tuple(cell.strip() for cell in line.cells)
        else:
            cells.append((*line.cells, *[""] * len(header))[: len(header)])
    return (header, tuple(cells)) if header is not None else _first_fields(path, shown)


def _first_fields(path: Path, shown: int) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    found: list[Row] = []
    for row in read_rows(path):
        if isinstance(row, Row):
            found.append(row)
        if len(found) == shown:
            break
    headers = tuple(dict.fromkeys(name for row in found for name in row.fields))
    return headers, tuple(tuple(_shown(row.fields.get(name)) for name in headers) for row in found)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "|".join(str(item) for item in value)
    return "" if value is None else str(value)
