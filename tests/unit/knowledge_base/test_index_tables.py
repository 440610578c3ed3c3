"""Places of entries and phrasings, and entries decoded from their file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge_base.index.manifest import entries_text
from knowledge_base.index.stored_entries import StoredEntries, line_starts
from knowledge_base.index.tables import HashTable, make_tables, map_tables, write_tables
from tests.unit.knowledge_base.shop import SHOP, entry


def test_every_place_of_a_text_is_found_in_order() -> None:
    table = HashTable.of(["退货", "发票", "退货", "", "退货"])
    assert table.find("退货") == [0, 2, 4]
    assert table.find("发票") == [1]
    assert table.find("没有") == []
    assert HashTable.of([]).find("退货") == []


def test_tables_survive_their_files(tmp_path: Path) -> None:
    keys = [f"k{row}" for row in range(sum(len(each.phrasings) for each in SHOP))]
    write_tables(tmp_path, make_tables(SHOP, keys))
    tables = map_tables(tmp_path)
    assert [tables.rows(place) for place in range(len(SHOP))] == [
        range(3),
        range(3, 5),
        range(5, 7),
        range(7, 9),
    ]
    assert tables.owners(np.arange(9)).tolist() == [0, 0, 0, 1, 1, 2, 2, 3, 3]
    assert [tables.ids.find(each.id) for each in SHOP] == [[0], [1], [2], [3]]
    assert tables.keys.find("k8") == [8]


def test_entries_are_read_as_they_were_written(tmp_path: Path) -> None:
    entries = (*SHOP, entry("lines", "一\n二\u2028三", answer='"引号"\\n'))
    text = entries_text(entries).encode()
    (tmp_path / "entries").write_bytes(text)
    stored = StoredEntries.map(tmp_path / "entries", line_starts(text))
    assert tuple(stored) == entries
    assert (stored[-1], stored[1:3]) == (entries[-1], entries[1:3])
    assert len(stored) == 5
    for beyond in (5, -6):
        with pytest.raises(IndexError):
            stored[beyond]


def test_no_entries(tmp_path: Path) -> None:
    (tmp_path / "entries").write_bytes(b"")
    assert tuple(StoredEntries.map(tmp_path / "entries", line_starts(b""))) == ()
