"""Reading training texts and putting them into batches."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.tuning.groups import Group, batches, groups_of_entries, read_groups
from tests.unit.knowledge_base.shop import SHOP, entry


def write(path: Path, *groups: tuple[str, str, Sequence[str]]) -> None:
    lines = [json.dumps({"family": f, "group": g, "texts": texts}) for f, g, texts in groups]
    path.write_text("\n".join(lines), encoding="utf-8")


def test_a_text_of_two_groups_belongs_to_neither(tmp_path: Path) -> None:
    write(tmp_path / "a_1.jsonl", ("refund", "when", ["钱几时退", "多久到账", "还要几天"]))
    write(tmp_path / "b_1.jsonl", ("parcel", "when", ["几天能到", "还要几天呢", "到哪了"]))
    first, second = read_groups(tmp_path)
    assert first == Group(family="a:refund", name="when", texts=("钱几时退", "多久到账"))
    assert second.texts == ("几天能到", "到哪了")


def test_a_line_that_is_no_group_is_named(tmp_path: Path) -> None:
    (tmp_path / "a_1.jsonl").write_text('{"family": "x", "texts": []}', encoding="utf-8")
    with pytest.raises(KnowledgeBaseError, match=r"a_1\.jsonl, line 1"):
        read_groups(tmp_path)


def test_an_entry_with_one_phrasing_teaches_nothing() -> None:
    groups = groups_of_entries([*SHOP, entry("alone", "只有一种问法")])
    assert [group.name for group in groups] == [each.id for each in SHOP]


def test_every_group_is_in_one_batch_with_its_family() -> None:
    groups = [Group(family=f"f{n // 4}", name=str(n), texts=("一", "二")) for n in range(40)]
    found = list(batches(groups, 8, random.Random(1)))
    assert sorted(group.name for batch in found for group in batch) == sorted(group.name for group in groups)
    for family in {group.family for group in groups}:
        assert sum(any(group.family == family for group in batch) for batch in found) == 1
