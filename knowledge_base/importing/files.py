"""Reads the files of an import, whatever their format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.importing.checking import Draft, check_row, unknown_columns
from knowledge_base.importing.documents import read_jsonl, read_yaml
from knowledge_base.importing.row import Problem, Row
from knowledge_base.importing.tables import read_csv, read_xlsx

MAX_BYTES = 50_000_000

_READERS: Mapping[str, Callable[[Path], Iterator[Row | Problem]]] = {
    ".csv": read_csv,
    ".xlsx": read_xlsx,
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


def read_files(paths: Sequence[Path]) -> Reading:
    """Read and check every row of every file."""
    drafts: list[Draft] = []
    problems: list[Problem] = []
    ignored: dict[str, None] = {}
    for row in (row for path in paths for row in _rows(path)):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        ignored.update(dict.fromkeys(f"{row.file}: {column}" for column in unknown_columns(row)))
        checked = check_row(row)
        if isinstance(checked, Draft):
            drafts.append(checked)
        else:
            problems += checked
    return Reading(drafts=tuple(drafts), problems=tuple(problems), ignored=tuple(ignored))


def _rows(path: Path) -> Iterator[Row | Problem]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        yield Problem(file=path.name, line=0, reason=f"不支持的格式，可用：{' '.join(sorted(_READERS))}")
        return
    try:
        if path.stat().st_size > MAX_BYTES:
            yield Problem(file=path.name, line=0, reason=f"文件超过 {MAX_BYTES // 1_000_000} MB")
            return
        yield from reader(path)
    except OSError as exc:
        yield Problem(file=path.name, line=0, reason=f"读不了（{exc.strerror or exc}）")
