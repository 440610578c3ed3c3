"""Editors find, read, write and try entries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from console.permissions import Role
from storage.database import Database
from tests.functional.console.knowledge import Editors, editing, entry_of
from tests.functional.knowledge import small_knowledge

__all__ = ["small_knowledge"]


@pytest.fixture
async def editors(database: Database, small_knowledge: Path, tmp_path: Path) -> AsyncIterator[Editors]:
    async with editing(database, small_knowledge, tmp_path / "kb") as running:
        yield running


def typed(editors: Editors, entry_id: str, **changes: str) -> Mapping[str, object]:
    """The form of an entry as the browser sends it, with some changes."""
    entry = entry_of(editors, entry_id)
    return {
        "entry_id": entry_id,
        "draft_id": "",
        "base": "1",
        "question": entry.question,
        "similar": "\r\n".join(entry.similar),
        "answer": entry.answer,
        "category": entry.category,
        **changes,
    }


async def test_the_list_is_searched_filtered_and_paged(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    first = await lan.get("/console/knowledge")
    total = len(editors.desk.bench.ledger.entries())
    assert f"{total} 条问答" in first.text
    assert "第 1 / " in first.text
    entry = editors.desk.bench.ledger.entries()[-1]
    assert entry.question not in first.text
    assert entry.question in (await lan.get("/console/knowledge?page=999")).text
    found = await lan.get(f"/console/knowledge?q={entry.id}")
    assert entry.question in found.text
    assert "没有找到这样的问答" in (await lan.get("/console/knowledge?state=disabled")).text
    category = await lan.get(f"/console/knowledge?category={entry.category}&q={entry.question}")
    assert f"id={entry.id}" in category.text


async def test_the_box_says_what_customers_get(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge")
    entry = editors.desk.bench.ledger.entries()[0]
    said = await lan.post("/console/knowledge/try", {"text": entry.question})
    assert entry.answer[:10] in said.text
    assert "和存着的问法一样" in said.text
    refused = await lan.post("/console/knowledge/try", {"text": "今天股市会涨吗"})
    assert "没有接近的问答，不乱说" in refused.text
    assert "写一句顾客会问的话" in (await lan.post("/console/knowledge/try", {"text": " "})).text


async def test_what_is_saved_is_a_draft_and_customers_hear_what_was(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge")
    entry = editors.desk.bench.ledger.entries()[0]
    sent = {
        **typed(editors, entry.id, answer="改过的答案，{name}", valid_until="2030-01-31", note="问过仓库"),
        "row_channel": ["kefu", "", ""],
        "row_segment": ["", "vip", ""],
        "row_answer": ["客服里这样说", "老朋友这样说", ""],
    }
    seen = await lan.post("/console/knowledge/entry", sent)
    assert seen.status == 303
    assert "草稿已保存" in (await lan.get(seen.location)).text
    (draft,) = editors.desk.bench.drafts.all()
    assert draft.who == "lan"
    assert draft.fields["answers"] == {"kefu": "客服里这样说", "*/vip": "老朋友这样说"}
    assert draft.fields["similar"] == list(entry.similar)
    assert entry_of(editors, entry.id) == entry
    again = await lan.get(f"/console/knowledge/entry?id={entry.id}")
    assert "改过的答案，{name}" in again.text
    assert "老朋友这样说" in again.text
    assert "1 份草稿等着发布" in (await lan.get("/console/knowledge?state=draft")).text
    assert (await lan.post(f"/console/knowledge/drafts/{draft.id}/discard")).status == 303
    assert editors.desk.bench.drafts.all() == ()


async def test_every_mistake_is_named_at_its_field_and_the_text_stays(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge")
    sent = {
        "entry_id": "",
        "draft_id": "",
        "question": "",
        "answer": "您好 {nobody}",
        "similar": "a" * 300,
        "attachments": "picture nowhere",
        "row_channel": "",
        "row_segment": "",
        "row_answer": "说给谁听",
    }
    seen = await lan.post("/console/knowledge/entry", sent)
    assert seen.status == 422
    assert {"question-wrong", "answer-wrong", "similar-wrong", "attachments-wrong", "answers-wrong"} <= set(
        seen.raw.split('"')
    )
    assert "请写上问题" in seen.text
    assert "不认识变量 {nobody}" in seen.text
    assert "说给谁听" in seen.text
    assert "picture nowhere" in seen.text


async def test_a_question_that_is_there_is_not_written_twice(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge")
    entry = editors.desk.bench.ledger.entries()[0]
    seen = await lan.post(
        "/console/knowledge/entry", {"entry_id": "", "question": entry.question, "answer": "另一个答案"}
    )
    assert seen.status == 422
    assert f"已经有这个问题了（编号 {entry.id}）" in seen.text
    period = typed(editors, entry.id, valid_from="2030-02-01", valid_until="2030-01-01")
    assert (
        "生效日期 2030-02-01 在失效日期 2030-01-01 之后"
        in (await lan.post("/console/knowledge/entry", period)).text
    )


async def test_the_panel_shows_draft_and_live_side_by_side(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge")
    entry = editors.desk.bench.ledger.entries()[0]
    sent = typed(editors, entry.id, answer="只在草稿里的答案", text=entry.question)
    seen = await lan.post("/console/knowledge/entry/try", sent)
    assert "只在草稿里的答案" in seen.text
    assert entry.answer[:10] in seen.text
    assert "会不一样" in seen.text
    assert editors.desk.bench.drafts.all() == ()
    same = await lan.post("/console/knowledge/entry/try", typed(editors, entry.id, text="今天股市会涨吗"))
    assert "顾客看不出差别" in same.text
    broken = await lan.post("/console/knowledge/entry/try", typed(editors, entry.id, answer="", text="退货"))
    assert "还没写完整" in broken.text


async def test_agents_read_and_do_not_write(editors: Editors) -> None:
    agent = await editors.console.enters("mei", Role.AGENT)
    entry = editors.desk.bench.ledger.entries()[0]
    shown = await agent.get(f"/console/knowledge/entry?id={entry.id}")
    assert entry.question in shown.text
    assert "保存草稿" not in shown.text
    assert (await agent.post("/console/knowledge/entry", typed(editors, entry.id))).status == 403
    assert (await agent.get("/console/knowledge/entry?id=nothing")).status == 404
    nobody = await editors.console.visitor().get("/console/knowledge")
    assert nobody.location.startswith("/console/login")
