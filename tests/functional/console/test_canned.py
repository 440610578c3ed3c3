"""The pages of canned replies: who writes them, who sees them, what is refused, what the log keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from console.audit.log import Wanted
from console.canned.pages import canned_pages
from console.ground import lay_ground
from console.permissions import Role
from console.settings import ConsoleSettings
from conversations.address import Address, Channel
from storage.database import Database
from storage.schema import conversations
from tests.functional.console.serving import ConsoleServer, serving

WANG = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="wang").conversation_id
SHIPS = {
    "name": "发货时间",
    "text": "{称呼}好，{店名}每天 16:00 前的订单当天发",
    "note": "",
    "ending": "",
    "whose": "all",
}


class Now:
    def now(self) -> datetime:
        return datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
async def console(database: Database) -> AsyncIterator[ConsoleServer]:
    async with database.writing() as connection:
        wang = {"id": WANG, "channel": "official", "account": "gh_shop", "peer": "wang", "first_seen_ms": 0}
        await connection.execute(insert(conversations), [wang])

    def shop() -> Mapping[str, str]:
        return {"shop": "禾野集", "hours": ""}

    audit = lay_ground(ConsoleSettings(), database).audit
    async with serving(database, more=(canned_pages(database, audit, Now(), shop),)) as running:
        yield running


async def test_everybodys_are_written_by_those_who_lead_and_used_by_all(console: ConsoleServer) -> None:
    boss = await console.enters("boss", Role.SUPERVISOR)
    await boss.get("/console/canned/new")
    assert (await boss.post("/console/canned/new", SHIPS)).location == "/console/canned"
    mei = await console.enters("mei", Role.AGENT)
    listed = await mei.get("/console/canned")
    assert "发货时间" in listed.text
    assert "/console/canned/1" not in listed.raw, "not hers to change"
    assert (await mei.get("/console/canned/1")).status == 404
    assert (await mei.post("/console/canned/1/remove")).status == 404
    offered = await mei.get(f"/console/desk/{WANG}/canned?q=发货", HX_Request="true")
    assert "您好，禾野集每天 16:00 前的订单当天发" in offered.text
    assert (
        "没有这样的快捷回复" in (await mei.get(f"/console/desk/{WANG}/canned?q=月亮", HX_Request="true")).text
    )


async def test_an_agents_own_are_nobody_elses(console: ConsoleServer) -> None:
    mei, chen = [await console.enters(login, Role.AGENT) for login in ("mei", "chen")]
    await mei.get("/console/canned/new")
    assert (await mei.post("/console/canned/new", {**SHIPS, "name": "我的开场"})).status == 303
    assert "我的开场" in (await mei.get("/console/canned")).text
    assert "还没有快捷回复" in (await chen.get("/console/canned")).text
    assert (await chen.get("/console/canned/1")).status == 404
    changed = await mei.post("/console/canned/1", {**SHIPS, "name": "我的开场", "text": "在的"})
    assert changed.status == 303
    assert "在的" in (await mei.get("/console/canned/1")).text
    assert (await mei.post("/console/canned/1/remove")).status == 303
    assert "还没有快捷回复" in (await mei.get("/console/canned")).text


async def test_what_is_refused_is_named_and_nothing_typed_is_lost(console: ConsoleServer) -> None:
    boss = await console.enters("boss", Role.SUPERVISOR)
    await boss.get("/console/canned/new")
    refused = await boss.post("/console/canned/new", {**SHIPS, "text": "{快递}到了"})
    assert refused.status == 422
    assert "不认识 {快递}" in refused.text
    assert "{快递}到了</textarea>" in refused.raw
    assert (await boss.post("/console/canned/new", SHIPS)).status == 303
    again = await boss.post("/console/canned/new", {**SHIPS, "text": "另一句"})
    assert again.status == 409
    assert "已经有一条叫“发货时间”的了" in again.text
    assert (await boss.post("/console/canned/1", {**SHIPS, "text": "另一句"})).status == 303, (
        "itself may keep its name"
    )


async def test_the_log_tells_who_changed_what(console: ConsoleServer) -> None:
    boss = await console.enters("boss", Role.SUPERVISOR)
    await boss.get("/console/canned/new")
    await boss.post("/console/canned/new", SHIPS)
    await boss.get("/console/canned/1")
    await boss.post("/console/canned/1/remove")
    acts = [
        (entry.actor, entry.act)
        for entry in await console.ground.audit.read(Wanted(), limit=9)
        if entry.act.startswith("canned.")
    ]
    assert acts == [("boss", "canned.removed"), ("boss", "canned.saved")]


async def test_who_does_not_serve_customers_has_none(console: ConsoleServer) -> None:
    editor = await console.enters("lan", Role.EDITOR)
    assert (await editor.get("/console/canned")).status == 403
