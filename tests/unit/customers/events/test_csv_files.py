"""Files as spreadsheets save them, and what is kept of rows that were refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from customers.events.csv_files import FileRefused, RefusedRows, Table
from customers.events.csv_rows import RowRefused

TEXT = '会员ID,备注\nM1,"两行\n备注"\n\n,,\nM2,轻放\n'
CELLS = [(1, ("会员ID", "备注")), (2, ("M1", "两行\n备注")), (6, ("M2", "轻放"))]


def lines(file: Path) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.cells) for line in Table(file).lines()]


def test_encodings_and_delimiters(tmp_path: Path) -> None:
    found = {}
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        for delimiter in (",", ";", "\t"):
            file = tmp_path / "rows.csv"
            file.write_text(TEXT.replace(",", delimiter), encoding=encoding)
            found[encoding, delimiter] = lines(file)
    assert found == dict.fromkeys(found, CELLS)
    assert Table(tmp_path / "rows.csv").rows() == 5


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    neither = tmp_path / "picture.csv"
    neither.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xff")
    with pytest.raises(FileRefused, match="neither UTF-8 nor GB 18030"):
        Table(neither)
    unclosed = tmp_path / "unclosed.csv"
    unclosed.write_text('a,b\n1,2\n3,"4\n', encoding="utf-8")
    with pytest.raises(FileRefused, match="line 3 is not CSV"):
        lines(unclosed)
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert lines(empty) == []


def test_refused_rows_are_kept_beside_the_file_and_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    why = RowRefused(line=3, field="手机", problem="is no phone", cure="Write one")
    with RefusedRows(file, ("会员ID", "手机")) as none:
        assert none.path is None
    assert list(tmp_path.iterdir()) == []
    for name in ("orders.refused.csv", "orders.refused-2.csv"):
        with RefusedRows(file, ("会员ID", "手机")) as refused:
            refused.add(why, ("M1", " 1,3\n8"))
            refused.add(why, ("M2", "139", "surplus"))
        assert refused.path == tmp_path / name
        with refused.path.open(encoding="utf-8-sig", newline="") as kept:
            assert list(csv.reader(kept)) == [
                ["refused", "会员ID", "手机"],
                [str(why), "M1", " 1,3\n8"],
                [str(why), "M2", "139", "surplus"],
            ]


def test_reasons_do_not_pile_up(tmp_path: Path) -> None:
    why = RowRefused(line=2, field="手机", problem="is no phone", cure="Write one")
    with RefusedRows(tmp_path / "orders.refused.csv", ("refused", "手机")) as refused:
        refused.add(why, ("line 7: an older reason", "139"))
    assert refused.path is not None
    assert lines(refused.path) == [(1, ("refused", "手机")), (2, (str(why), "139"))]
