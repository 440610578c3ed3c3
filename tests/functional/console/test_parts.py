"""What another part of the console gets by handing in its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from console.permissions import Open, Permission, Role
from console.web.rendering import go
from console.web.route import Entry, Group, Pages, Route
from console.web.visit import Visit
from storage.database import Database
from tests.functional.console.serving import ConsoleServer, serving

EDIT = Permission.KNOWLEDGE_EDIT


async def breaks(_visit: Visit) -> web.StreamResponse:
    raise ZeroDivisionError


async def measures(visit: Visit) -> web.StreamResponse:
    return web.Response(text=str(len((await visit.form())["text"])))


async def moves_on(visit: Visit) -> web.StreamResponse:
    return await go(visit, "/", say="做好了 <b>")


PART = Pages(
    routes=(
        Route(method="GET", path="/breaks", handler=breaks, access=EDIT),
        Route(method="GET", path="/breaks/openly", handler=breaks, access=Open.PUBLIC),
        Route(method="POST", path="/small", handler=measures, access=EDIT),
        Route(method="POST", path="/large", handler=measures, access=EDIT, max_body_bytes=1_030_000),
        Route(method="POST", path="/done", handler=moves_on, access=EDIT),
    ),
    entries=(
        Entry(
            path="/breaks",
            title="会坏的页面",
            icon="book",
            summary="用来试验",
            group=Group.SHOP,
            permission=EDIT,
        ),
    ),
    acts={"knowledge.broken": "弄坏知识"},
)


@pytest.fixture
async def console(database: Database) -> AsyncIterator[ConsoleServer]:
    async with serving(database, more=(PART,)) as server:
        yield server


async def test_its_entry_is_there_for_who_may(console: ConsoleServer) -> None:
    editor, agent = await console.enters("lan", Role.EDITOR), await console.enters("mei", Role.AGENT)
    assert "会坏的页面" in (await editor.get("/console/")).text
    home = (await agent.get("/console/")).text
    assert "会坏的页面" not in home
    assert "店里的事还没有分到这里" in home


async def test_a_page_that_breaks_says_so_kindly_and_tells_nothing(console: ConsoleServer) -> None:
    editor = await console.enters("lan", Role.EDITOR)
    for path in ("/console/breaks", "/console/breaks/openly"):
        seen = await editor.get(path)
        assert seen.status == 500
        assert "后台打了个盹" in seen.text
        assert "ZeroDivision" not in seen.text
    told = await editor.get("/console/breaks", HX_Request="true")
    assert (told.status, told.text.startswith("后台打了个盹")) == (500, True)


async def test_a_route_may_allow_more_than_the_usual_size(console: ConsoleServer) -> None:
    editor = await console.enters("lan", Role.EDITOR)
    much = {"text": "a" * 1_020_000}
    refused = await editor.post("/console/small", much)
    assert refused.status == 413
    assert "内容太大了" in refused.text
    assert (await editor.post("/console/large", much)).text == "1020000"
    assert (await editor.post("/console/large", {"text": "a" * 1_040_000})).status == 413


async def test_a_word_is_said_once_and_as_text(console: ConsoleServer) -> None:
    editor = await console.enters("lan", Role.EDITOR)
    assert (await editor.post("/console/done")).location == "/console/"
    assert "做好了 &lt;b&gt;" in (await editor.get("/console/")).raw
    assert "做好了" not in (await editor.get("/console/")).text


async def test_its_acts_have_words_in_the_log(console: ConsoleServer) -> None:
    admin = await console.enters("boss", Role.ADMIN)
    assert "弄坏知识" in (await admin.get("/console/audit")).text
