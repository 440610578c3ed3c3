"""Reads the files of an import, whatever their format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.importing.checking import Draft, check_row, unknown_columns
from knowledge_base.importing.columns import NO_RENAMING, Renaming
from knowledge_base.importing.documents import read_jsonl, read_yaml
from knowledge_base.importing.row import Problem, Row
from knowledge_base.importing.tables import Line, read_csv, read_xlsx, rows_of

MAX_BYTES = 50_000_000

_TABLES: Mapping[str, Callable[[Path], Iterator[Line | Problem]]] = {".csv": read_csv, ".xlsx": read_xlsx}
_DOCUMENTS: Mapping[str, Callable[[Path], Iterator[Row | Problem]]] = {
    ".jsonl": read_jsonl,
    ".yaml": read_yaml,
    ".yml": read_yaml,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """``drafts``: the rows that are right in themselves; ``problems``: what is wrong, in the order of files and lines;
    ``ignored``: columns that mean nothing here."""

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...]


def read_files(paths: Sequence[Path], renaming: Renaming = NO_RENAMING) -> Reading:
    """Read and check every row of every file."""
    drafts: list[Draft] = []
    problems: list[Problem] = []
    ignored: dict[str, None] = {}
    for row in (row for path in paths for row in read_rows(path, renaming)):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        ignored.update(dict.fromkeys(f"{row.file}: {column}" for column in unknown_columns(row, renaming)))
        checked = check_row(row, renaming)
        if isinstance(checked, Draft):
            drafts.append(checked)
        else:
            problems += checked
    return Reading(drafts=tuple(drafts), problems=tuple(problems), ignored=tuple(ignored))


def read_rows(path: Path, renaming: Renaming = NO_RENAMING) -> Iterator[Row | Problem]:
    """Every row of a file, and what keeps it from being read."""
    suffix = path.suffix.lower()
    if suffix in _TABLES:
        yield from rows_of(path.name, read_lines(path), renaming)
        return
    problem = _unreadable(path)
    if problem:
        yield problem
        return
    try:
        yield from _DOCUMENTS[suffix](path)
    except OSError as exc:
        yield _away(path, exc)


def read_lines(path: Path) -> Iterator[Line | Problem]:
    """Every line of a table, its header first; nothing of a document."""
    problem = _unreadable(path)
    if problem:
        yield problem
        return
    reader = _TABLES.get(path.suffix.lower())
    try:
        yield from reader(path) if reader else ()
    except OSError as exc:
        yield _away(path, exc)


def _unreadable(path: Path) -> Problem | None:
    if path.suffix.lower() not in {*_TABLES, *_DOCUMENTS}:
        known = " ".join(sorted([*_TABLES, *_DOCUMENTS]))
        return Problem(file=path.name, line=0, reason=f"不支持的格式，可用：{known}")
    try:
        size = path.stat().st_size
    except OSError as exc:
        return _away(path, exc)
    if size > MAX_BYTES:
        return Problem(file=path.name, line=0, reason=f"文件超过 {MAX_BYTES // 1_000_000} MB")
    return None


def _away(path: Path, exc: OSError) -> Problem:
    return Problem(file=path.name, line=0, reason=f"读不了（{exc.strerror or exc}）")
