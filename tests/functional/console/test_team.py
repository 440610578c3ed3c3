"""The team's pages: who is shown how, what is stored, what is refused, who gets an agent's customers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from console.audit.log import Wanted
from console.ground import lay_ground
from console.permissions import Role
from console.settings import ConsoleSettings
from console.team.pages import team_pages
from escalation import roster, stewards
from escalation.roster import Post
from storage.customers_schema import identities
from storage.database import Database
from storage.people_schema import agents
from storage.times import now_ms
from tests.functional.console.serving import ConsoleServer, Visitor, serving

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


class Clock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
async def console(database: Database) -> AsyncIterator[ConsoleServer]:
    ground = lay_ground(ConsoleSettings(), database)
    pages = team_pages(database, ground, Clock(), wanted_skills=("投诉",))
    async with serving(database, more=(pages,)) as running:
        await running.hire("lin", Role.VIP_AGENT)
        await running.hire("yu", Role.VIP_AGENT)
        await running.hire("mei", Role.AGENT)
        await running.hire("bian", Role.EDITOR)
        yield running


@pytest.fixture
async def boss(console: ConsoleServer) -> Visitor:
    return await console.enters("boss", Role.SUPERVISOR)


async def _posts(database: Database) -> dict[str, Post]:
    async with database.reading() as connection:
        return {login: seat.post for login, seat in (await roster.seats(connection, real_ms=0)).items()}


async def _entrusted(database: Database, *identity_ids: int, to: str) -> None:
    async with database.writing() as connection:
        for number in identity_ids:
            row = {
                "id": number,
                "kind": "openid",
                "key": f"gh_shop:c{number}",
                "customer_id": number,
            }
            await connection.execute(insert(identities).values(**row, first_seen_ms=0))
            await stewards.entrust(connection, number, to, by="boss", now=NOW)


async def test_those_who_answer_at_the_desk_are_shown_and_what_nobody_can_is_told(
    database: Database, boss: Visitor
) -> None:
    async with database.writing() as connection:
        await roster.come(connection, "mei", receiving=True, now_ms=0, real_ms=now_ms())
        await roster.come(connection, "lin", receiving=False, now_ms=0, real_ms=now_ms())
    seen = (await boss.get("/console/team")).text
    assert "bian" not in seen
    assert "没有人擅长：投诉" in seen
    assert {"接待中", "休息中", "不在"} <= {each for each in ("接待中", "休息中", "不在") if each in seen}


async def test_room_skills_and_deputies_are_stored(database: Database, boss: Visitor) -> None:
    await boss.get("/console/team/lin")
    typed = {"room": "3", "skills": "投诉、售后 售后", "deputy": ["yu", "mei", "lin", "nobody"]}
    saved = await boss.post("/console/team/lin", typed)
    assert saved.location == "/console/team"
    post = (await _posts(database))["lin"]
    expected = Post(login="lin", room=3, skills=frozenset({"投诉", "售后"}), vip=True, deputies=("yu", "mei"))
    assert post == expected
    assert "没有人擅长" not in (await boss.get("/console/team")).text
    assert 'value="yu" checked' in (await boss.get("/console/team/lin")).raw


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"room": "many"}, "同时接待填 0 到 50 的整数"),
        ({"room": "51"}, "同时接待填 0 到 50 的整数"),
        ({"room": "²"}, "同时接待填 0 到 50 的整数"),
        ({"room": "5", "skills": "一二三四五六七八九十一"}, "每样最多 10 个字"),
        ({"room": "5", "skills": " ".join(map(str, range(13)))}, "擅长的最多 12 样"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_changes(
    database: Database, boss: Visitor, typed: dict[str, str], said: str
) -> None:
    await boss.get("/console/team/lin")
    refused = await boss.post("/console/team/lin", typed)
    assert refused.status == 422
    assert said in refused.text
    assert await _posts(database) == {}


async def test_who_is_there_is_given_nobody_new_when_those_who_lead_say_so(
    console: ConsoleServer, database: Database, boss: Visitor
) -> None:
    async with database.writing() as connection:
        await roster.come(connection, "mei", receiving=True, now_ms=0, real_ms=now_ms())
    await boss.get("/console/team")
    await boss.post("/console/team/mei/receiving", {"receives": "no"})
    async with database.reading() as connection:
        assert not await roster.receiving(connection, "mei")
        row = (await connection.execute(select(agents).where(agents.c.login == "mei"))).one()
    assert row.seen_ms > 0, "her desk is open all the same"
    assert [each.act for each in await console.ground.audit.read(Wanted(act="team."), limit=9)] == [
        "team.receiving"
    ]


async def test_all_customers_of_an_agent_go_to_another_who_may_have_them(
    database: Database, boss: Visitor
) -> None:
    await _entrusted(database, 1, 2, to="lin")
    assert "是 2 位顾客的专属管家" in (await boss.get("/console/team")).text
    await boss.get("/console/team/lin")
    for nobody in ("", "lin", "mei", "bian"):
        assert (await boss.post("/console/team/lin/customers", {"to": nobody})).status == 422
    await boss.post("/console/team/lin/customers", {"to": "yu"})
    async with database.reading() as connection:
        assert await stewards.customers_each(connection) == {"yu": 2}


async def test_agents_themselves_have_no_such_page(console: ConsoleServer) -> None:
    mei = await console.enters("xiao", Role.AGENT)
    assert (await mei.get("/console/team")).status == 403
