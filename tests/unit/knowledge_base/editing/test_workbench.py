"""Changes from a draft to the index in use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.editing.drafts import DraftId, SavedDraft, fields_of
from knowledge_base.editing.ledger import EditConflict
from knowledge_base.editing.revisions import Act
from knowledge_base.editing.workbench import ChangeRefused, Request, Workbench, put, remove
from knowledge_base.embedders import Embedders
from knowledge_base.entry import Entry, EntryId
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index.shelf import Shelf
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.settings import KnowledgeBaseSettings
from tests.unit.knowledge_base.shop import SHOP, open_current
from tests.unit.knowledge_base.word_embedder import WordEmbedder

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ASK = Request(act=Act.EDIT, who="王", reason="", now=NOW)
LOG = (LabelledQuestion(text="退货流程是啥", expected=frozenset({EntryId("return")})),)


def embedders(path: Path, identity: str = "words-1") -> Embedders:
    return Embedders(lambda: WordEmbedder(identity=identity), path, threads=1)


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    policy = Policy(calibration=shipped_calibration(), max_wrong_rate=0.3)
    bench = Workbench(KnowledgeBaseSettings(path=tmp_path), embedders(tmp_path), policy)
    assert bench.publish(lambda entries: SHOP, replace(ASK, act=Act.IMPORT)).published
    return bench


def draft_of(entry: Entry, **fields: object) -> SavedDraft:
    return SavedDraft(
        id=DraftId("d"),
        who="王",
        saved_at=NOW,
        base=1,
        entry_id=entry.id,
        fields={**fields_of(entry), **fields},
    )


def test_a_draft_is_published_and_live(bench: Workbench, tmp_path: Path) -> None:
    publication = bench.publish(put(draft_of(SHOP[0], answer="新答案")), replace(ASK, base=1))
    assert publication.published
    assert publication.revision is not None
    assert publication.revision.number == 2
    assert publication.revision.gate is not None
    assert publication.index is not None
    assert publication.index.version == Shelf(tmp_path).current()
    live = open_current(tmp_path).entry("return")
    assert live is not None
    assert live.answer == "新答案"
    assert bench.stored()[0].answer == "新答案"


def test_a_loss_is_published_with_a_reason_alone(bench: Workbench) -> None:
    change = remove([SHOP[0].id])
    assert bench.try_change(change, now=NOW, log=LOG).lost
    request = replace(ASK, act=Act.DELETE, log=LOG)
    refused = bench.publish(change, request)
    assert refused.permission is not None
    assert (refused.published, refused.permission.granted, refused.revision) == (False, False, None)
    assert bench.stored() == SHOP
    done = bench.publish(change, replace(request, reason="不卖了"))
    assert done.published
    assert done.revision is not None
    assert done.revision.gate is not None
    assert "退货流程是啥" in done.revision.gate.lost
    assert bench.stored() == SHOP[1:]


def test_without_the_gate_nothing_is_tried(bench: Workbench) -> None:
    done = bench.publish(remove([SHOP[0].id]), replace(ASK, gate=False, build=False))
    assert (done.published, done.trial, done.index) == (True, None, None)


def test_going_back(bench: Workbench) -> None:
    bench.publish(remove([SHOP[0].id]), replace(ASK, gate=False))
    back = bench.rollback(1, replace(ASK, act=Act.ROLLBACK))
    assert back.published
    assert bench.stored() == SHOP
    assert [revision.act for revision in bench.ledger.revisions()] == [Act.IMPORT, Act.EDIT, Act.ROLLBACK]


def test_a_draft_that_is_not_right_says_all_that_is_wrong(bench: Workbench) -> None:
    with pytest.raises(ChangeRefused) as told:
        bench.publish(put(draft_of(SHOP[0], answer="{oder}", valid_from="月底")), ASK)
    assert len(told.value.reasons) == 2
    with pytest.raises(ChangeRefused, match="已属于编号 invoice"):
        bench.publish(put(draft_of(SHOP[0], question=SHOP[1].question)), ASK)
    with pytest.raises(KnowledgeBaseError, match="nobody"):
        bench.publish(remove([EntryId("nobody")]), ASK)
    assert len(bench.ledger.revisions()) == 1


def test_the_second_of_two_editors_is_told_and_keeps_the_draft(bench: Workbench) -> None:
    mine = draft_of(SHOP[0], answer="我的")
    bench.drafts.save(mine)
    bench.publish(put(draft_of(SHOP[0], answer="别人的")), replace(ASK, base=1, who="李"))
    with pytest.raises(EditConflict, match=r"return.*李"):
        bench.publish(put(mine), replace(ASK, base=1))
    assert bench.stored()[0].answer == "别人的"
    assert bench.drafts.read(mine.id) == mine


def test_a_panel_and_a_checkup(bench: Workbench) -> None:
    with bench.panel(put(draft_of(SHOP[0], answer="草稿的答案"))) as panel:
        out = panel.try_out("我要退货", today=NOW.date())
    assert out.live is not None
    assert (out.live.text, out.draft.text) == ("怎么申请退货的答案", "草稿的答案")
    checkup = bench.check_up(now=NOW)
    assert checkup is not None
    assert checkup.conflicts == ()


def test_an_empty_knowledge_base_has_nothing_to_check(tmp_path: Path) -> None:
    policy = Policy(calibration=shipped_calibration(), max_wrong_rate=0.3)
    empty = Workbench(KnowledgeBaseSettings(path=tmp_path / "kb"), embedders(tmp_path / "kb"), policy)
    assert empty.check_up(now=NOW) is None
    assert empty.live() is None


def test_an_index_of_another_embedder_is_left_alone(bench: Workbench, tmp_path: Path) -> None:
    policy = Policy(calibration=shipped_calibration(), max_wrong_rate=0.3)
    other = Workbench(KnowledgeBaseSettings(path=tmp_path), embedders(tmp_path, "words-2"), policy)
    assert other.live() is None
    assert other.publish(put(draft_of(SHOP[0], answer="新")), ASK).published
    assert other.live() is not None
