"""Drafts on disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge_base.editing.drafts import (
    DraftCorrupt,
    DraftFolder,
    DraftId,
    NoSuchDraft,
    SavedDraft,
    check_draft,
    fields_of,
    new_draft_id,
)
from knowledge_base.entry import EntryId, in_order
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.importing.checking import Draft
from knowledge_base.importing.planning import plan_import
from tests.unit.knowledge_base.shop import SHOP

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HALF = SavedDraft(
    id=DraftId("d-1"),
    who="王",
    saved_at=NOW,
    base=3,
    fields={"question": "怎么", "similar": ["退"]},
    origin="挖掘",
)


def test_half_written_drafts_are_kept_and_replaced(tmp_path: Path) -> None:
    folder = DraftFolder(tmp_path)
    assert folder.all() == ()
    folder.save(HALF)
    later = replace(HALF, fields={"question": "怎么退货"}, saved_at=NOW + timedelta(minutes=1))
    folder.save(later)
    folder.save(replace(HALF, id=DraftId("d-2"), entry_id=EntryId("return")))
    assert folder.read(DraftId("d-1")) == later
    assert [draft.id for draft in folder.all()] == ["d-1", "d-2"]
    assert sorted(path.name for path in (tmp_path / "drafts").iterdir()) == ["d-1.json", "d-2.json"]
    folder.discard(DraftId("d-1"))
    folder.discard(DraftId("d-1"))
    assert [draft.id for draft in folder.all()] == ["d-2"]
    with pytest.raises(NoSuchDraft, match="d-1"):
        folder.read(DraftId("d-1"))


@pytest.mark.parametrize("name", ["../entries", "a/b", "", ".hidden", "A", "a" * 65, "a.json"])
def test_only_plain_names_reach_the_disk(tmp_path: Path, name: str) -> None:
    folder = DraftFolder(tmp_path)
    for act in (folder.read, folder.discard):
        with pytest.raises(NoSuchDraft):
            act(DraftId(name))
    with pytest.raises(NoSuchDraft):
        folder.save(replace(HALF, id=DraftId(name)))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": "x"}', "\udcff"])
def test_a_damaged_draft_hides_no_other(tmp_path: Path, content: str) -> None:
    folder = DraftFolder(tmp_path)
    folder.save(HALF)
    (tmp_path / "drafts" / "bad.json").write_bytes(content.encode(errors="surrogateescape"))
    assert folder.all() == (HALF,)
    assert folder.damaged() == ("bad",)
    with pytest.raises(DraftCorrupt, match="bad"):
        folder.read(DraftId("bad"))


def test_a_draft_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError, match="太大"):
        DraftFolder(tmp_path).save(replace(HALF, fields={"answer": "长" * 400_000}))
    assert DraftFolder(tmp_path).all() == ()


def test_a_draft_of_an_entry_becomes_that_entry() -> None:
    before = replace(SHOP[0], variants=in_order({"kefu": "客服的"}), note="旧")
    fields = {**fields_of(before), "id": "other", "answer": "新", "note": "", "answers": {}}
    checked = check_draft(replace(HALF, entry_id=before.id, fields=fields))
    assert isinstance(checked, Draft)
    plan = plan_import((before, *SHOP[1:]), [checked])
    assert plan.entries == (replace(before, answer="新", note="", variants=()), *SHOP[1:])


def test_the_fields_of_an_entry_change_nothing() -> None:
    checked = check_draft(replace(HALF, entry_id=SHOP[0].id, fields=fields_of(SHOP[0])))
    assert isinstance(checked, Draft)
    assert plan_import(SHOP, [checked]).unchanged == 1


def test_what_is_wrong_with_a_draft_is_told() -> None:
    assert check_draft(HALF) == ["缺少 answer（答案）"]


def test_ids_are_new_each_time() -> None:
    assert len({new_draft_id() for _ in range(50)}) == 50
