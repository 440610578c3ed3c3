"""Files of rows: read line by line however large they are, and the refused rows of one, to be corrected."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TextIO

from customers.events.csv_headers import REFUSED
from customers.events.csv_rows import RowRefused

_DELIMITERS = ",\t;"
_ENCODINGS = ("utf-8-sig", "gb18030")
_CHUNK_BYTES = 1 << 20


class FileRefused(ValueError):
    """The file cannot be read as a table; the text says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``number``: where it begins, from 1."""

    number: int
    cells: tuple[str, ...]


class Table:
    """UTF-8, with or without a mark, or GB 18030 as spreadsheets in China write it; comma, tab or semicolon."""

    def __init__(self, path: Path) -> None:
        """Raises FileRefused for another encoding, and OSError."""
        self._path = path
        self._encoding = encoding_of(path)
        with self._opened() as file:
            first = next((line for line in file if line.strip()), "")
        self._delimiter = max(_DELIMITERS, key=first.count)

    def lines(self) -> Iterator[Line]:
        """Empty ones are left out; the first is the header. Raises FileRefused where a quote is not closed."""
        with self._opened() as file:
            reader = csv.reader(file, delimiter=self._delimiter, strict=True)
            while True:
                # A cell may span lines; the row is named by the line where it begins.
                number = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise FileRefused(f"{self._path.name}: line {number} is not CSV: {error}") from error
                if any(cell.strip() for cell in cells):
                    yield Line(number=number, cells=tuple(cells))

    def rows(self) -> int:
        """How many lines there are about, the header not counted: a cell may span several."""
        with self._path.open("rb") as file:
            chunks = iter(lambda: file.read(_CHUNK_BYTES), b"")
            return max(sum(chunk.count(b"\n") for chunk in chunks) - 1, 0)

    def _opened(self) -> TextIO:
        return self._path.open(encoding=self._encoding, newline="")


def encoding_of(path: Path) -> str:
    """Raises FileRefused for a file that is in none of those that we read."""
    for encoding in _ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                for chunk in iter(lambda: file.read(_CHUNK_BYTES), b""):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileRefused(f"{path.name}: is neither UTF-8 nor GB 18030; save it as CSV UTF-8")


class RefusedRows:
    """Beside the file that they are from, written when there is the first: its header, its cells, and why.

    What an earlier import wrote there stays: somebody may be at work on it.
    """

    def __init__(self, beside: Path, header: Sequence[str]) -> None:
        self.path: Path | None = None
        """None while no row was refused."""
        self._beside = beside
        self._header = header
        self._file: TextIO | None = None

    def add(self, refused: RowRefused, cells: Sequence[str]) -> None:
        if self._file is None:
            self.path, self._file = self._begin()
        self._write(self._file, (str(refused), *self._own(cells)))

    def __enter__(self) -> RefusedRows:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def _begin(self) -> tuple[Path, TextIO]:
        number = 1
        while True:
            name = f"{self._beside.stem}.refused{'' if number == 1 else f'-{number}'}.csv"
            path = self._beside.with_name(name)
            try:
                file = path.open("x", encoding="utf-8-sig", newline="")
            except FileExistsError:
                number += 1
                continue
            self._write(file, (REFUSED, *self._own(self._header)))
            return path, file

    def _own(self, cells: Sequence[str]) -> list[str]:
        """Without the column of reasons that the file has from an earlier import."""
        return [cell for place, cell in enumerate(cells) if place not in self._reasons()]

    def _reasons(self) -> set[int]:
        return {place for place, cell in enumerate(self._header) if cell.strip().lower() == REFUSED}

    @staticmethod
    def _write(file: TextIO, cells: Sequence[str]) -> None:
        csv.writer(file).writerow(cells)
