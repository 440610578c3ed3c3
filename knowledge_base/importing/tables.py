"""Reads rows from csv and xlsx files."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from knowledge_base.importing.columns import NO_RENAMING, Renaming, missing_fields
from knowledge_base.importing.formula_guard import unguarded
from knowledge_base.importing.row import Problem, Row

_DELIMITERS = ",\t;"
_NO_HEADER = "第一行应是表头，至少有 question（问题）和 answer（答案）两列"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The cells of one line of a table, empty lines left out. ``number`` is where it begins, from 1."""

    number: int
    cells: tuple[str, ...]


def read_csv(path: Path) -> Iterator[Line | Problem]:
    """Lines of a csv file: UTF-8 with or without a mark, or GB 18030 as spreadsheets in China write it; comma, tab or
    semicolon."""
    text = decode(path.read_bytes())
    if text is None:
        yield Problem(file=path.name, line=0, reason="文件编码既不是 UTF-8 也不是 GB18030")
        return
    header_line = text.lstrip().split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        # A cell may span lines; the row is named by the line where it begins.
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            yield Problem(file=path.name, line=number, reason=f"不是合法的 csv（{exc}）")
            return
        if any(cell.strip() for cell in cells):
            yield Line(number=number, cells=tuple(map(unguarded, cells)))


def read_xlsx(path: Path) -> Iterator[Line | Problem]:
    """Lines of the first sheet of an xlsx file."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as exc:
        yield Problem(file=path.name, line=0, reason=f"不是合法的 xlsx（{exc}）")
        return
    try:
        for number, values in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            cells = ["" if value is None else _cell(value) for value in values]
            if any(cell.strip() for cell in cells):
                yield Line(number=number, cells=tuple(map(unguarded, cells)))
    finally:
        book.close()


def rows_of(
    file: str, lines: Iterable[Line | Problem], renaming: Renaming = NO_RENAMING
) -> Iterator[Row | Problem]:
    """The rows of a table whose first line is its header."""
    header: list[str] | None = None
    for line in lines:
        if isinstance(line, Problem):
            yield line
        elif header is not None:
            yield _row(file, line, header)
        else:
            header = [cell.strip() for cell in line.cells]
            if missing_fields(header, renaming):
                yield Problem(file=file, line=line.number, reason=_NO_HEADER)
                return


def decode(data: bytes) -> str | None:
    """The text of a file that somebody saved somewhere; None when it is none."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _cell(value: object) -> str:
    # A spreadsheet keeps 1001 as 1001.0 once it went through a formula.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _row(file: str, line: Line, header: Sequence[str]) -> Row | Problem:
    surplus = [cell for cell in line.cells[len(header) :] if cell.strip()]
    if surplus:
        reason = f"有 {len(line.cells)} 列，表头只有 {len(header)} 列"
        return Problem(file=file, line=line.number, reason=reason)
    return Row(file=file, line=line.number, fields=dict(zip(header, line.cells, strict=False)))
