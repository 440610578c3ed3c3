"""From drafts to what customers hear: the trial, its losses, reasons, history and the way back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.audit.log import Wanted
from console.knowledge.running import NOT_ALL_DONE, NOT_AS_TRIED
from console.permissions import Role
from knowledge_base.decision import Answer
from knowledge_base.editing.drafts import DraftId, SavedDraft, fields_of
from knowledge_base.editing.revisions import Act
from knowledge_base.editing.workbench import Request
from knowledge_base.errors import EmbedderUnavailable
from storage.database import Database
from tests.functional.console.knowledge import Editors, editing, entry_of, settled
from tests.functional.knowledge import small_knowledge

__all__ = ["small_knowledge"]


@pytest.fixture
async def editors(database: Database, small_knowledge: Path, tmp_path: Path) -> AsyncIterator[Editors]:
    async with editing(database, small_knowledge, tmp_path / "kb") as running:
        yield running


def draft_of(
    editors: Editors, number: int, *, base: int = 1, name: str = "d1", **fields: object
) -> SavedDraft:
    """A draft of the entry at a place, on disk."""
    entry = editors.desk.bench.ledger.entries()[number]
    draft = SavedDraft(
        id=DraftId(name),
        who="lan",
        saved_at=editors.desk.now(),
        base=base,
        entry_id=entry.id,
        fields={**fields_of(entry), **fields},
    )
    editors.desk.bench.drafts.save(draft)
    return draft


async def test_a_draft_that_loses_nothing_is_published_heard_and_logged(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    draft = draft_of(editors, 0, answer="这是新的答案")
    assert draft.entry_id is not None
    waiting = await lan.get("/console/knowledge/drafts")
    assert entry_of(editors, draft.entry_id).question in waiting.text
    begun = await lan.post("/console/knowledge/drafts", {"drafts": draft.id})
    tried = await settled(lan, begun.location)
    assert "1 条" in tried.text
    assert "会变差的问题" not in tried.text
    assert entry_of(editors, draft.entry_id).answer != "这是新的答案"
    await lan.post(f"{begun.location}/publish", {"reason": ""})
    assert "已发布，是第 " in (await settled(lan, begun.location)).text
    said = await editors.live.decide(entry_of(editors, draft.entry_id).question)
    assert isinstance(said, Answer)
    assert said.candidate.answer == "这是新的答案"
    assert editors.desk.bench.drafts.all() == ()
    revision = editors.desk.bench.ledger.revisions()[-1]
    assert (revision.who, revision.act) == ("lan", Act.EDIT)
    assert revision.gate is not None
    (logged,) = await editors.console.ground.audit.read(Wanted(act="knowledge.published"), limit=9)
    assert (logged.actor, logged.subject) == ("lan", f"revision:{revision.number}")


async def test_a_loss_is_shown_by_name_and_needs_a_reason(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge")
    entry = editors.desk.bench.ledger.entries()[0]
    begun = await lan.post("/console/knowledge/remove", {"id": entry.id})
    tried = await settled(lan, begun.location)
    assert "会变差的问题" in tried.text
    assert entry.question in tried.text
    refused = await lan.post(f"{begun.location}/publish", {"reason": " "})
    assert refused.status == 422
    assert "写一句为什么还是要发布" in refused.text
    assert entry in editors.desk.bench.ledger.entries()
    await lan.post(f"{begun.location}/publish", {"reason": "不卖这个了"})
    assert "已发布" in (await settled(lan, begun.location)).text
    assert entry not in editors.desk.bench.ledger.entries()
    revision = editors.desk.bench.ledger.revisions()[-1]
    assert revision.why == "不卖这个了"

    history = await lan.get("/console/knowledge/history")
    assert "不卖这个了" in history.text
    shown = await lan.get(f"/console/knowledge/history/{revision.number}")
    assert "删除" in shown.text
    assert entry.question in shown.text
    compared = await lan.get(f"/console/knowledge/history/{revision.number - 1}?with=now")
    assert entry.question in compared.text
    back = await lan.post(f"/console/knowledge/history/{revision.number - 1}/rollback")
    assert entry.question in (await settled(lan, back.location)).text
    await lan.post(f"{back.location}/publish", {"reason": "又卖了"})
    assert "已发布" in (await settled(lan, back.location)).text
    assert entry in editors.desk.bench.ledger.entries()
    assert editors.desk.bench.ledger.revisions()[-1].act is Act.ROLLBACK


async def test_two_editors_do_not_overwrite_each_other(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge")
    first = editors.desk.bench.ledger.entries()[0]
    request = Request(act=Act.EDIT, who="mei", reason="", now=editors.desk.now(), gate=False)
    editors.desk.bench.publish(lambda now: (replace(now[0], answer="梅的答案"), *now[1:]), request)
    number = editors.desk.bench.ledger.revisions()[-1].number
    draft = draft_of(editors, 0, base=number - 1, answer="兰的答案")
    assert "别人改过这一条" in (await lan.get("/console/knowledge/drafts")).text
    begun = await lan.post("/console/knowledge/drafts", {"drafts": draft.id})
    refused = await settled(lan, begun.location)
    assert "没有发布，线上的内容没有变" in refused.text
    assert f"第 {number} 版由 mei 改过" in refused.text
    sent = {
        "entry_id": first.id,
        "draft_id": draft.id,
        "question": first.question,
        "similar": "\n".join(first.similar),
        "answer": "兰的答案二",
    }
    kept = await lan.post("/console/knowledge/entry", sent)
    assert kept.status == 409
    assert "兰的答案二" in kept.text
    assert "梅的答案" in kept.text
    seen = await lan.post("/console/knowledge/entry", {**sent, "seen": str(number)})
    assert seen.status == 303
    assert "别人改过这一条" not in (await lan.get("/console/knowledge/drafts")).text


async def test_what_was_not_tried_is_not_published(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge")
    draft = draft_of(editors, 0, answer="试过的答案")
    begun = await lan.post("/console/knowledge/drafts", {"drafts": draft.id})
    await settled(lan, begun.location)
    draft_of(editors, 0, answer="没试过的答案")
    await lan.post(f"{begun.location}/publish", {"reason": ""})
    assert NOT_AS_TRIED in (await settled(lan, begun.location)).text
    assert "没试过的答案" not in {entry.answer for entry in editors.desk.bench.ledger.entries()}


async def test_what_breaks_after_the_revision_is_told_as_published(
    editors: Editors, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge")
    draft = draft_of(editors, 0, answer="存好的答案")
    begun = await lan.post("/console/knowledge/drafts", {"drafts": draft.id})
    await settled(lan, begun.location)

    def broken(entries: object) -> None:
        raise EmbedderUnavailable

    monkeypatch.setattr(editors.desk.bench, "build", broken)
    await lan.post(f"{begun.location}/publish", {"reason": ""})
    assert NOT_ALL_DONE in (await settled(lan, begun.location)).text
    assert editors.desk.bench.ledger.entries()[0].answer == "存好的答案"


async def test_supervisors_try_and_do_not_publish(editors: Editors) -> None:
    supervisor = await editors.console.enters("wu", Role.SUPERVISOR)
    await supervisor.get("/console/knowledge")
    draft = draft_of(editors, 0, answer="主管的答案")
    begun = await supervisor.post("/console/knowledge/drafts", {"drafts": draft.id})
    tried = await settled(supervisor, begun.location)
    assert "发布请知识编辑或店长来做" in tried.text
    assert (await supervisor.post(f"{begun.location}/publish", {"reason": "x"})).status == 403
    agent = await editors.console.enters("mei", Role.AGENT)
    assert (await agent.get(begun.location)).status == 403
    assert (await supervisor.get("/console/knowledge/proposals/0123456789abcdef")).status == 404
