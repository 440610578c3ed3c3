"""Entries come and go as files; the checkup finds what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from console.permissions import Role
from knowledge_base.editing.revisions import Act
from knowledge_base.editing.workbench import Request
from storage.database import Database
from tests.functional.console.knowledge import Editors, editing, settled, uploaded
from tests.functional.knowledge import small_knowledge

__all__ = ["small_knowledge"]


@pytest.fixture
async def editors(database: Database, small_knowledge: Path, tmp_path: Path) -> AsyncIterator[Editors]:
    async with editing(database, small_knowledge, tmp_path / "kb") as running:
        yield running


async def test_a_file_is_previewed_mapped_tried_and_published(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge/files")
    content = "标题,正文\n你们有线下体验店吗,有的，在溪口镇老街\n没有正文的一行,\n".encode()
    preview = await uploaded(editors, lan, "店里的.csv", content)
    assert "导入 店里的.csv" in preview.text
    assert "还不知道哪一列是“问题”和“答案”" in preview.text
    assert "有的，在溪口镇老街" in preview.text
    here = f"/console/knowledge/files/{preview.text.split('/knowledge/files/')[1][:16]}"
    await lan.post(f"{here}/columns", {"header": ["标题", "正文"], "target": ["question", "answer"]})
    mapped = await lan.get(here)
    assert "新增 1 条" in mapped.text
    assert "第 3 行：缺少 answer（答案）" in mapped.text
    refused = await settled(lan, (await lan.post(f"{here}/try", {})).location)
    assert "第 3 行：缺少 answer（答案）" in refused.text
    begun = await lan.post(f"{here}/try", {"skip_bad": "yes"})
    await settled(lan, begun.location)
    await lan.post(f"{begun.location}/publish", {"reason": "新店开张"})
    assert "已发布" in (await settled(lan, begun.location)).text
    last = editors.desk.bench.ledger.entries()[-1]
    assert (last.question, last.answer) == ("你们有线下体验店吗", "有的，在溪口镇老街")
    assert editors.desk.bench.ledger.revisions()[-1].act is Act.IMPORT


async def test_a_file_of_no_known_kind_is_refused(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge/files")
    assert "请用 xlsx、csv、jsonl 或 yaml 文件" in (await uploaded(editors, lan, "a.exe", b"x")).text
    assert (await uploaded(editors, lan, "a.csv", b"x" * 10_000_001)).status == 413
    odd = await uploaded(editors, lan, "../../a.csv", "问题,答案\n".encode())
    assert "这个文件不会改变什么" in odd.text


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "yaml"])
async def test_what_is_downloaded_changes_nothing_when_it_comes_back(editors: Editors, suffix: str) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge/files")
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(editors.console.url, cookie_jar=jar) as session:
        jar.update_cookies({"xiaoer_console": lan.cookie}, URL(editors.console.url))
        async with session.get(f"/console/knowledge/download/{suffix}") as answer:
            content = await answer.read()
            assert answer.headers["Content-Disposition"].endswith(f'.{suffix}"')
    if suffix == "jsonl":
        assert len(list(map(json.loads, content.splitlines()))) == len(editors.desk.bench.ledger.entries())
    preview = await uploaded(editors, lan, f"back.{suffix}", content)
    assert "新增 0 条，修改 0 条" in preview.text
    assert "读不懂 0 处" in preview.text


async def test_the_checkup_leads_to_the_entries(editors: Editors) -> None:
    lan = await editors.console.enters("lan", Role.EDITOR)
    await lan.get("/console/knowledge/checkup")
    first, second, *_ = editors.desk.bench.ledger.entries()
    request = Request(act=Act.EDIT, who="mei", reason="", now=editors.desk.now(), gate=False)
    editors.desk.bench.publish(
        lambda now: (replace(now[0], disabled=True), replace(now[1], similar=(first.question,)), *now[2:]),
        request,
    )
    found = await lan.htmx("/console/knowledge/checkup")
    assert "同一个问法，好几条都有" in found.text
    assert f"/console/knowledge/entry?id={second.id}" in found.raw
    assert "今天不说的问答" in found.text
