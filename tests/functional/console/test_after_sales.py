"""The pages of after-sales: what is listed, what agents may do, what supervisors may, and what the log keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from console.after_sales.desk import AfterSalesDesk
from console.after_sales.pages import after_sales_pages
from console.after_sales.words import fen_of
from console.audit.log import Wanted
from console.ground import lay_ground
from console.permissions import Role
from console.settings import ConsoleSettings
from conversations.address import Address, Channel
from conversations.after_sales import AfterSalesKind, AfterSalesWish
from escalation.after_sales import store
from escalation.after_sales.case import AfterSalesKey
from escalation.after_sales.clocks import AfterSalesRules
from escalation.after_sales.opening import open_by_turn
from escalation.after_sales.store import Promises
from escalation.hours import ALWAYS
from storage.database import Database
from storage.errands_schema import errands
from storage.schema import conversations, outbox
from tests.functional.console.serving import ConsoleServer, Seen, Visitor, serving

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PROMISES = Promises(hours=ALWAYS, rules=AfterSalesRules())
PHONE = "13812345678"


@dataclass(slots=True, kw_only=True)
class Shop:
    database: Database
    console: ConsoleServer
    now: list[datetime]
    woken: list[str] = field(default_factory=list)

    async def wants(self, peer: str, wish: AfterSalesWish) -> None:
        where = Address(channel=Channel.OFFICIAL, account="gh_shop", peer=peer).conversation_id
        async with self.database.writing() as connection:
            await connection.execute(
                insert(conversations).values(
                    id=where, channel="official", account="gh_shop", peer=peer, first_seen_ms=0
                )
            )
            key = AfterSalesKey(f"{peer}:after")
            assert await open_by_turn(connection, key, where, wish, PROMISES, self.now[0])


@pytest.fixture
async def shop(database: Database) -> AsyncIterator[Shop]:
    now, woken = [START], []
    audit = lay_ground(ConsoleSettings(), database).audit
    desk = AfterSalesDesk(
        database=database,
        now=lambda: now[0],
        real_ms=lambda: 1_000,
        promises=PROMISES,
        refund_limit_fen=20_000,
        changed=lambda: woken.append("changed"),
    )
    async with serving(database, more=(after_sales_pages(desk, audit),)) as console:
        shop = Shop(database=database, console=console, now=now, woken=woken)
        broken = AfterSalesWish(
            kind=AfterSalesKind.TROUBLE, order_no="HY1", wants="补发", why=f"少了一袋，电话 {PHONE}"
        )
        await shop.wants("wang", broken)
        now[0] += timedelta(minutes=5)
        await shop.wants("li", AfterSalesWish(kind=AfterSalesKind.COMPLAINT, why="送货员态度差"))
        yield shop


async def does(visitor: Visitor, act: str, version: int, **fields: str) -> str:
    """What the page says after it."""
    await visitor.get("/console/after-sales/1")
    seen = await visitor.post(f"/console/after-sales/1/{act}", {"version": version, **fields})
    assert seen.status == 303, seen.text
    return (await visitor.get("/console/after-sales/1")).text


async def test_the_list_by_deadline_and_its_filters(shop: Shop) -> None:
    agent = await shop.console.enters("lin", Role.AGENT)

    async def listed(query: str) -> list[bool]:
        seen: Seen = await agent.get(f"/console/after-sales?{query}")
        assert seen.status == 200
        assert PHONE not in seen.text
        return [f'/console/after-sales/{number}"' in seen.raw for number in (1, 2)]

    whole = (await agent.get("/console/after-sales")).raw
    assert whole.index('after-sales/1"') < whole.index('after-sales/2"')
    assert await listed("kind=complaint") == [False, True]
    assert await listed("which=mine") == [False, False]
    assert await listed("which=overdue") == [False, False]
    shop.now[0] = START + timedelta(minutes=21)
    assert await listed("which=overdue") == [True, False]
    await does(agent, "take", 0)
    assert await listed("which=mine") == [True, False]
    assert await listed("which=ended") == [False, False]
    assert await listed("which=nonsense&kind=nonsense&page=99") == [True, True]


async def test_a_case_from_taking_it_to_its_end_is_told_step_by_step(shop: Shop) -> None:
    agent = await shop.console.enters("lin", Role.AGENT)
    assert "接手了" in await does(agent, "take", 0)
    assert "发给顾客了" in await does(agent, "ask", 1, text="能拍张照片吗？")
    assert "刚刚有了新进展" in await does(agent, "ask", 1, text="能拍张照片吗？")
    assert "交给商城补发了" in await does(agent, "send", 2, text="大米一袋")
    assert "等有结果再继续" in await does(agent, "done", 3)
    assert "只有同事看得到" in await does(agent, "note", 3, text=f"打过 {PHONE}")
    seen = await agent.get("/console/after-sales/1")
    assert PHONE not in seen.text
    async with shop.database.reading() as connection:
        said = list((await connection.execute(select(outbox.c.key))).scalars())
        asked = (await connection.execute(select(errands))).one()
    assert said == ["wang:after:told1", "wang:after:told2"]
    assert (asked.kind, asked.order_no) == ("send_again", "HY1")
    logged = await shop.console.ground.audit.read(Wanted(act="after_sales."), limit=9)
    assert [(entry.act.removeprefix("after_sales."), entry.subject) for entry in logged] == [
        (act, "after-sales:1") for act in ("note", "send", "ask", "take")
    ]
    assert not any(PHONE in entry.details for entry in logged)
    assert len(shop.woken) == 3


async def test_agents_do_not_take_each_others_cases_and_supervisors_do(shop: Shop) -> None:
    agent = await shop.console.enters("lin", Role.AGENT)
    other = await shop.console.enters("mei", Role.AGENT)
    lead = await shop.console.enters("chen", Role.SUPERVISOR)
    await does(agent, "take", 0)
    assert "lin 正在跟这件售后" in await does(other, "take", 1)
    assert "接手了" in await does(lead, "take", 1)
    assert "chen 正在跟这件售后" in await does(agent, "done", 2)


async def test_a_refund_over_the_limit_is_for_supervisors(shop: Shop) -> None:
    agent = await shop.console.enters("lin", Role.AGENT)
    lead = await shop.console.enters("chen", Role.SUPERVISOR)
    assert "要主管来退" in await does(agent, "refund", 0, yuan="200.01")
    assert "金额没写对" in await does(agent, "refund", 0, yuan="一百")
    assert "交给商城退款了" in await does(lead, "refund", 0, yuan="200.01")
    async with shop.database.reading() as connection:
        assert (await connection.execute(select(errands.c.details))).scalar_one() == '{"fen": "20001"}'
        found = await store.by_number(connection, 1)
    assert found is not None
    assert found.case.errand_fen == 20_001


async def test_whoever_has_no_business_there_stays_out(shop: Shop) -> None:
    editor = await shop.console.enters("wen", Role.EDITOR)
    assert (await editor.get("/console/after-sales")).status == 403
    assert (await editor.post("/console/after-sales/1/take", {"version": 0})).status == 403
    agent = await shop.console.enters("lin", Role.AGENT)
    seen = await agent.get("/console/after-sales/99")
    assert (seen.status, seen.location) == (303, "/console/after-sales")


def test_amounts_as_people_type_them() -> None:
    typed = {
        "12": 1200,
        "12.5": 1250,
        "￥12.50": 1250,
        "12元": 1200,
        "": 0,
        "-1": 0,
        "1.234": 0,
        "一百": 0,
        ".5": 0,
    }
    assert {each: fen_of(each) for each in typed} == typed
