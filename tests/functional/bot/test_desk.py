"""The desk of the running bot, by HTTP as browsers use it: two agents, a supervisor, and a customer in WeChat."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import update

from storage.people_schema import is_under_way, services
from storage.schema import conversations
from tests.functional.bot.hiring import hire
from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import conversation_of, database_of, drained, hears, lines, until
from tests.functional.console.serving import Seen, Visitor
from tests.functional.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"official": {"handoff": "desk"}, "desk": {"pool_after_seconds": 3600}}
PEOPLE = {
    "lin": ("小林", ("agent", "vip_agent")),
    "mei": ("小美", ("agent",)),
    "boss": ("主管", ("supervisor",)),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def staff(world: World) -> AsyncIterator[dict[str, Visitor]]:
    """Signed in, by login."""
    visitors = {}
    for login in PEOPLE:
        await hire(world, login, name=PEOPLE[login][0], roles=PEOPLE[login][1])
        visitor = Visitor(world.bot_url)
        seen = await visitor.sign_in(login)
        assert seen.status == 303, seen.text
        visitors[login] = visitor
    yield visitors
    for visitor in visitors.values():
        await visitor.close()


async def _path(world: World, shopper: str) -> str:
    return f"/console/desk/{quote(await conversation_of(world, shopper), safe='')}"


async def _asks_for_a_person(world: World, shopper: str) -> str:
    await world.says(shopper, "转人工")
    return await _path(world, shopper)


async def _off_duty(staff: dict[str, Visitor], *logins: str) -> None:
    for login in logins:
        await staff[login].get("/console/desk")
        await staff[login].post("/console/desk/receiving", {"receiving": "no"})


async def _on_duty(staff: dict[str, Visitor], *logins: str) -> None:
    for login in logins:
        await staff[login].get("/console/desk")
        await staff[login].post("/console/desk/receiving", {"receiving": "yes"})


async def _part(visitor: Visitor, path: str) -> Seen:
    return await visitor.get(path, HX_Request="true")


async def test_of_two_who_click_one_serves_and_the_other_reads_who(
    world: World, staff: dict[str, Visitor]
) -> None:
    await _off_duty(staff, "lin", "mei", "boss")
    path = await _asks_for_a_person(world, "wang")
    both = [staff["lin"], staff["mei"]]

    done = await asyncio.gather(*(each.post(f"{path}/claim", HX_Request="true") for each in both))

    assert sorted(each.status for each in done) == [200, 409]
    winner = 0 if done[0].status == 200 else 1
    assert "你在接待" in done[winner].text
    assert f"{('小林', '小美')[winner]}正在接待这位顾客" in done[1 - winner].text

    again = await both[1 - winner].post(f"{path}/say", {"text": "我来", "mark": "m"}, HX_Request="true")
    assert again.status == 409
    await both[winner].post(f"{path}/end", {"ending": "solved"})
    assert await world.says("wang", QUESTION) == right_answer()


async def test_what_is_said_twice_by_a_click_arrives_once_and_the_bot_is_silent(
    world: World, staff: dict[str, Visitor]
) -> None:
    await _off_duty(staff, "lin", "mei", "boss")
    lin, path = staff["lin"], await _asks_for_a_person(world, "li")
    await lin.post(f"{path}/claim")
    before = len(await world.heard("li"))
    await world.says("li", QUESTION, wait=False)
    for _ in range(2):
        said = await lin.post(f"{path}/say", {"text": "您好，我是小林", "mark": "once"}, HX_Request="true")
        assert said.status == 200
        assert said.text.count("您好，我是小林") == 1
    assert (await hears(world, "li", before + 1))[before:] == ["您好，我是小林"]
    await drained(world)
    shown = await _part(lin, path)
    assert QUESTION in shown.text
    assert "已发出" in shown.text
    assert "还能发" in shown.text
    suggested = await _part(lin, f"{path}/suggestions")
    assert right_answer() in suggested.text
    assert suggested.text.count("desk-suggestion-answer") <= 3

    case = {"kind": "return", "order_no": "hy20261101001", "why": "不喜欢", "mark": "m7"}
    for _ in range(2):
        opened = await lin.post(f"{path}/after-sales", case, HX_Request="true")
        assert opened.text.count("在办") == 1
    assert (await lin.post(f"{path}/after-sales", {"why": " "}, HX_Request="true")).status == 409

    found = await lin.post("/console/desk/search", {"q": "小林"})
    assert found.status == 200
    assert re.search(r"您好，我是<mark>小林</mark>", found.text)
    assert path in found.text
    assert "没有找到" in (await lin.post("/console/desk/search", {"q": "%林"})).text
    assert "请输入 2 到 60 个字" in (await lin.post("/console/desk/search", {"q": "林"})).text

    empty = await lin.post(f"{path}/say", {"text": "  ", "mark": "x"}, HX_Request="true")
    assert (empty.status, empty.text) == (409, "先写点什么")
    await lin.post(f"{path}/end", {"ending": "solved", "why": "包邮问题"})
    await hears(world, "li", before + 2)
    assert "您满意吗" in json.dumps((await lines(world, "li"))[-1], ensure_ascii=False)
    assert "谢谢" in str(await world.says("li", "1"))


async def test_a_canned_reply_is_said_noted_and_ends_the_service_once(
    world: World, staff: dict[str, Visitor]
) -> None:
    await _off_duty(staff, "lin", "mei", "boss")
    lin, path = staff["lin"], await _asks_for_a_person(world, "gao")
    await lin.post(f"{path}/claim")
    await lin.get("/console/canned/new")
    bye = {"name": "道别", "text": "{订单号} 办好了，再见", "note": "用了道别", "ending": "solved"}
    assert (await lin.post("/console/canned/new", bye)).status == 303
    offered = await _part(lin, f"{path}/canned?q=道别")
    found = re.search(r'data-canned="(\d+)" data-text="([^"]+)"', offered.text)
    assert found is not None
    canned, text = found.groups()
    before = len(await world.heard("gao"))

    unfilled = await lin.post(f"{path}/say", {"text": text, "mark": "b", "canned": canned}, HX_Request="true")
    assert (unfilled.status, unfilled.text) == (409, "{订单号} 还没填上，改好再发")
    whole = text.replace("{订单号}", "HY1")
    for status in (200, 409):
        said = await lin.post(
            f"{path}/say", {"text": whole, "mark": "b", "canned": canned}, HX_Request="true"
        )
        assert said.status == status
    assert (await hears(world, "gao", before + 1))[before] == "HY1 办好了，再见"
    shown = await _part(lin, path)
    assert shown.text.count("用了道别") == 1
    assert "小林 结束了服务" in shown.text
    assert await world.says("gao", QUESTION) == right_answer()


async def test_a_customer_of_high_value_is_left_to_their_own_agent_for_a_while(
    world: World, staff: dict[str, Visitor]
) -> None:
    await _off_duty(staff, "lin", "mei", "boss")
    path = await _asks_for_a_person(world, "sun")
    async with database_of(world) as database, database.writing() as connection:
        await connection.execute(update(services).where(is_under_way()).values(vip=1, own="lin"))
    refused = await staff["mei"].post(f"{path}/claim", HX_Request="true")
    assert (refused.status, "先等专属管家来接" in refused.text) == (409, True)
    assert (await staff["lin"].post(f"{path}/claim", HX_Request="true")).status == 200
    await staff["lin"].post(f"{path}/end", {"ending": "solved"})


async def test_a_customer_is_handed_on_whispered_about_and_taken_over(
    world: World, staff: dict[str, Visitor]
) -> None:
    await _off_duty(staff, "lin", "mei", "boss")
    path = await _asks_for_a_person(world, "zhao")
    await staff["lin"].post(f"{path}/claim")
    await _on_duty(staff, "mei")
    assert "小美" in (await _part(staff["lin"], path)).text
    handed = await staff["lin"].post(f"{path}/hand-on", {"to": "mei", "why": "她更懂"}, HX_Request="true")
    assert "小美 在接待" in handed.text
    assert (await staff["mei"].post(f"{path}/whisper", {"text": "不行"})).status == 403
    await staff["boss"].post(f"{path}/whisper", {"text": "先道歉"})
    assert "先道歉" in (await _part(staff["mei"], path)).text
    assert "先道歉" not in (await _part(staff["lin"], path)).text
    await staff["mei"].post(f"{path}/note", {"text": "要发票"})
    assert "要发票" in (await _part(staff["lin"], path)).text
    taken = await staff["boss"].post(f"{path}/take-over", HX_Request="true")
    assert "你在接待" in taken.text
    nobody = await staff["boss"].post(f"{path}/hand-on", {"to": "stranger"}, HX_Request="true")
    assert (nobody.status, nobody.text) == (409, "请选一位同事")
    await staff["boss"].post(f"{path}/end", {"ending": "solved"})


async def test_a_colleague_who_is_named_in_a_note_is_asked_until_they_look(
    world: World, staff: dict[str, Visitor]
) -> None:
    await _off_duty(staff, "lin", "mei", "boss")
    path = await _asks_for_a_person(world, "tang")
    await staff["lin"].post(f"{path}/claim")
    noted = await staff["lin"].post(
        f"{path}/note", {"text": "@小美 这单你熟，@小林 自己不用"}, HX_Request="true"
    )
    assert noted.status == 200
    for login, asked in (("mei", True), ("lin", False), ("boss", False)):
        assert ("同事叫你看" in (await _part(staff[login], "/console/desk/lists")).text) == asked, login
    lists = (await _part(staff["mei"], "/console/desk/lists")).text
    assert path in lists
    assert "这单你熟" in lists
    assert "这单你熟" in (await _part(staff["mei"], path)).text
    assert "同事叫你看" not in (await _part(staff["mei"], "/console/desk/lists")).text
    await staff["lin"].post(f"{path}/end", {"ending": "solved"})


async def test_those_who_lead_see_whom_colleagues_serve_in_the_platforms_client(
    world: World, staff: dict[str, Visitor]
) -> None:
    await world.says("fang", QUESTION)
    where = await conversation_of(world, "fang")
    theirs = update(conversations).where(conversations.c.id == where)
    async with database_of(world) as database:
        async with database.writing() as connection:
            await connection.execute(theirs.values(owner="agent", agent="ZhangSan"))
        seen = (await _part(staff["boss"], "/console/desk/lists")).text
        assert "在微信客户端里" in seen
        assert "ZhangSan 在接待" in seen
        assert quote(where, safe="") in seen
        opened = (await _part(staff["boss"], f"/console/desk/{quote(where, safe='')}")).text
        assert "同事在微信客户端里接待" in opened
        assert "在微信客户端里" not in (await _part(staff["mei"], "/console/desk/lists")).text
        async with database.writing() as connection:
            await connection.execute(theirs.values(owner="bot", agent=None))
    assert "在微信客户端里" not in (await _part(staff["boss"], "/console/desk/lists")).text


async def test_pictures_stand_in_the_conversation_and_only_in_theirs(
    world: World, staff: dict[str, Visitor]
) -> None:
    await _off_duty(staff, "lin", "mei", "boss")
    path = await _asks_for_a_person(world, "sun")
    await staff["lin"].post(f"{path}/claim")
    picture = b"\x89PNG\r\n\x1a\n" + b"a broken litchi"
    form = aiohttp.FormData()
    form.add_field("file", picture, filename="litchi.png", content_type="image/png")
    url = f"{world.simulator_url}/_sim/shoppers/sun/image"
    async with world.session.post(url, data=form) as response:
        assert response.status < 300, await response.text()

    async def is_shown() -> bool:
        return "desk-picture" in (await _part(staff["lin"], path)).text

    await until(is_shown, "the picture on the desk")
    shown = await _part(staff["lin"], path)
    found = re.search(r'src="(/console/desk/[^"]+/files/\d+)"', shown.text)
    assert found is not None
    async with aiohttp.ClientSession(cookies={"xiaoer_console": staff["mei"].cookie}) as session:
        async with session.get(world.bot_url + found[1]) as seen:
            assert (seen.status, seen.content_type, await seen.read()) == (200, "image/png", picture)
            assert seen.headers["X-Content-Type-Options"] == "nosniff"
        elsewhere = found[1].replace(path.rsplit("/", 1)[1], quote("official:gh_demo:nobody", safe=""))
        assert elsewhere != found[1]
        async with session.get(world.bot_url + elsewhere) as seen:
            assert seen.status == 404
    await staff["lin"].post(f"{path}/end", {"ending": "solved"})


async def test_what_was_done_is_counted_and_leads_to_its_conversations(
    world: World, staff: dict[str, Visitor]
) -> None:
    await _off_duty(staff, "lin", "mei", "boss")
    path = await _asks_for_a_person(world, "qian")
    await staff["lin"].post(f"{path}/claim")
    await staff["lin"].post(f"{path}/say", {"text": "您好", "mark": "q1"})
    await staff["lin"].post(f"{path}/end", {"ending": "solved"})
    await hears(world, "qian", 3)
    await world.says("qian", "3")
    await world.says("qian", "快递太慢，打 13800138000 也没人接")

    shown = await staff["boss"].get("/console/levels?period=day")
    assert shown.status == 200
    assert "小林" in shown.text
    assert "30 秒内接入" in shown.text
    behind = await staff["boss"].get("/console/levels/behind/discontent?period=day")
    assert path in behind.text
    said = await staff["boss"].get("/console/levels/comments?period=day")
    assert "快递太慢，打 138" in said.text
    assert "13800138000" not in said.text
    assert "不满意" in said.text
    assert "快递太慢" in (await staff["boss"].get("/console/levels/comments?period=day&topic=物流")).text
    assert "快递太慢" not in (await staff["boss"].get("/console/levels/comments?period=day&topic=价格")).text
    table = await staff["boss"].get("/console/levels/table.csv?period=day")
    statement = await staff["boss"].get("/console/levels/vip")
    assert (statement.status, "VIP 月报" in statement.text) == (200, True)
    assert (await staff["boss"].get("/console/levels/vip?month=2020-13")).status == 200
    assert (await staff["lin"].get("/console/levels/vip")).status == 403
    assert "小林" in table.text
    assert (await staff["boss"].get("/console/levels/behind/nonsense")).status == 404
    assert (await staff["lin"].get("/console/levels")).status == 403


async def test_only_those_who_serve_come_to_the_desk(world: World, staff: dict[str, Visitor]) -> None:
    stranger = Visitor(world.bot_url)
    try:
        assert (await stranger.get("/console/desk")).status == 303
        assert (await stranger.get("/console/desk/live")).status == 303
    finally:
        await stranger.close()
    assert (await staff["lin"].get("/console/desk/official:gh_demo:nobody")).status == 404
    assert (await staff["lin"].get("/console/desk/nonsense")).status == 404


async def test_every_desk_hears_of_a_claim_at_once_and_closing_takes_an_agent_off_duty(
    world: World, staff: dict[str, Visitor]
) -> None:
    await _off_duty(staff, "lin", "mei", "boss")
    heard: list[dict[str, Any]] = []

    async def listen() -> None:
        cookies = {"xiaoer_console": staff["mei"].cookie}
        async with (
            aiohttp.ClientSession(cookies=cookies) as session,
            session.get(f"{world.bot_url}/console/desk/live") as stream,
        ):
            async for line in stream.content:
                if line.startswith(b"data: {") and line != b"data: {}\n":
                    heard.append(json.loads(line[6:]))

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.5)
    path = await _asks_for_a_person(world, "sun")
    conversation = await conversation_of(world, "sun")

    async def knows(agent: str) -> bool:
        return any(each["conversation"] == conversation and each.get("agent") == agent for each in heard)

    await until(lambda: knows(""), "the desk to hear who waits")
    await staff["lin"].post(f"{path}/claim")
    await until(lambda: knows("lin"), "the desk to hear who serves")
    listening.cancel()
    await asyncio.wait({listening})
    await staff["lin"].post(f"{path}/end", {"ending": "not_ours"})
    assert all("小林" in each["html"] for each in heard if each.get("agent") == "lin")
