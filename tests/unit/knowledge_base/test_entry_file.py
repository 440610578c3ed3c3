"""Entries on disk."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from knowledge_base.entries import EntryFile
from knowledge_base.errors import EntriesCorrupt
from tests.unit.knowledge_base.shop import SHOP, entry


def test_what_is_written_is_read(tmp_path: Path) -> None:
    odd = entry("odd", "行\u2028分隔", answer="第一行\n第二行\u0085完")
    store = EntryFile(tmp_path / "kb")
    assert store.read() == ()
    store.write((*SHOP, odd))
    assert EntryFile(tmp_path / "kb").read() == (*SHOP, odd)


@pytest.mark.parametrize("line", [b"{oops", b'{"id": "a"}', b"[]", b"\xff\xfe", b"null"])
def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path, line: bytes) -> None:
    store = EntryFile(tmp_path)
    store.write(SHOP[:1])
    with (tmp_path / "entries.jsonl").open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(EntriesCorrupt, match=r"entries\.jsonl"):
        store.read()


def test_changes_made_by_many_at_once_are_all_kept(tmp_path: Path) -> None:
    def add(number: int) -> None:
        store = EntryFile(tmp_path)
        with store.changing():
            store.write((*store.read(), entry(f"e{number}", f"第{number}个问题")))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {each.id for each in EntryFile(tmp_path).read()} == {f"e{number}" for number in range(12)}


def test_an_unknown_field_is_named_with_its_line(tmp_path: Path) -> None:
    store = EntryFile(tmp_path)
    store.write(SHOP[:1])
    line = json.dumps({**SHOP[1].as_json(), "colour": "red"})
    with (tmp_path / "entries.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(EntriesCorrupt, match=r"entries\.jsonl:2 .*'colour'.*remove the field"):
        store.read()


def test_an_id_that_appears_twice_is_named(tmp_path: Path) -> None:
    store = EntryFile(tmp_path)
    store.write((SHOP[0], SHOP[0]))
    with pytest.raises(EntriesCorrupt, match=r"entries\.jsonl:2: id return"):
        store.read()
