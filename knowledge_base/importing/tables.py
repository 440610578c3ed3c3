"""Reads rows from csv and xlsx files."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from knowledge_base.importing.columns import field_of
from knowledge_base.importing.row import Problem, Row

_DELIMITERS = ",\t;"
_NO_HEADER = "第一行应是表头，至少有 question（问题）和 answer（答案）两列"


def read_csv(path: Path) -> Iterator[Row | Problem]:
    """Rows of a csv file: UTF-8 with or without a mark, or GB 18030 as spreadsheets in China write it; comma, tab or
    semicolon."""
    text = decode(path.read_bytes())
    if text is None:
        yield Problem(file=path.name, line=0, reason="文件编码既不是 UTF-8 也不是 GB18030")
        return
    header_line = text.lstrip().split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        # A cell may span lines; the row is named by the line where it begins.
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            yield Problem(file=path.name, line=line, reason=f"不是合法的 csv（{exc}）")
            return
        if not any(cell.strip() for cell in cells):
            continue
        if header is not None:
            yield _row(path.name, line, header, cells)
            continue
        header = [cell.strip() for cell in cells]
        if not _is_header(header):
            yield Problem(file=path.name, line=line, reason=_NO_HEADER)
            return


def read_xlsx(path: Path) -> Iterator[Row | Problem]:
    """Rows of the first sheet of an xlsx file."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as exc:
        yield Problem(file=path.name, line=0, reason=f"不是合法的 xlsx（{exc}）")
        return
    try:
        sheet = book.worksheets[0]
        header: list[str] | None = None
        for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
            cells = ["" if value is None else _cell(value) for value in values]
            if not any(cell.strip() for cell in cells):
                continue
            if header is not None:
                yield _row(path.name, line, header, cells)
                continue
            header = [cell.strip() for cell in cells]
            if not _is_header(header):
                yield Problem(file=path.name, line=line, reason=_NO_HEADER)
                return
    finally:
        book.close()


def decode(data: bytes) -> str | None:
    """The text of a file that somebody saved somewhere; None when it is none."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_header(cells: Sequence[str]) -> bool:
    return {"question", "answer"} <= {field_of(cell) for cell in cells}


def _cell(value: object) -> str:
    # A spreadsheet keeps 1001 as 1001.0 once it went through a formula.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _row(file: str, line: int, header: Sequence[str], cells: Sequence[str]) -> Row | Problem:
    surplus = [cell for cell in cells[len(header) :] if cell.strip()]
    if surplus:
        return Problem(file=file, line=line, reason=f"有 {len(cells)} 列，表头只有 {len(header)} 列")
    return Row(file=file, line=line, fields=dict(zip(header, cells, strict=False)))
