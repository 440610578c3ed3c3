"""After-sales in a real browser, on a wide screen and a phone: from the list to the end of a case."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import insert

from console.after_sales.desk import AfterSalesDesk
from console.after_sales.pages import after_sales_pages
from console.ground import lay_ground
from console.permissions import Role
from console.settings import ConsoleSettings
from conversations.address import Address, Channel
from conversations.after_sales import AfterSalesKind, AfterSalesWish
from escalation.after_sales.case import AfterSalesKey
from escalation.after_sales.clocks import AfterSalesRules
from escalation.after_sales.opening import open_by_turn
from escalation.after_sales.store import Promises
from escalation.hours import ALWAYS
from storage.database import Database
from storage.migrate import migrate
from storage.schema import conversations
from storage.settings import DatabaseSettings
from tests.browser.console.signing_in import signed_in
from tests.functional.console.serving import ConsoleServer, serving

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WISHES = (
    AfterSalesWish(kind=AfterSalesKind.TROUBLE, order_no="HY20261101001", wants="补发", why="少了一袋大米"),
    AfterSalesWish(kind=AfterSalesKind.COMPLAINT, why="送货员把箱子扔在楼下，叫也不应，想有人给我回电话"),
)


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[ConsoleServer]:
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"))
    await migrate(database)
    promises = Promises(hours=ALWAYS, rules=AfterSalesRules())
    async with database.writing() as connection:
        for number, wish in enumerate(WISHES):
            where = Address(channel=Channel.OFFICIAL, account="gh_shop", peer=f"o{number}").conversation_id
            await connection.execute(
                insert(conversations).values(
                    id=where, channel="official", account="gh_shop", peer=f"o{number}", first_seen_ms=0
                )
            )
            await open_by_turn(connection, AfterSalesKey(f"m{number}:after"), where, wish, promises, START)
    desk = AfterSalesDesk(
        database=database,
        now=lambda: START + timedelta(minutes=18),
        real_ms=lambda: 1_000,
        promises=promises,
        refund_limit_fen=20_000,
        changed=lambda: None,
    )
    audit = lay_ground(ConsoleSettings(), database).audit
    async with serving(database, more=(after_sales_pages(desk, audit),)) as server:
        await server.hire("lin", Role.AGENT)
        yield server
    await database.close()


@pytest.mark.parametrize("width", [1280, 390])
async def test_from_the_list_to_the_end(browser: Browser, console: ConsoleServer, width: int) -> None:
    page, complaints = await signed_in(browser, console, "lin", width=width, path="/after-sales")
    shots = os.environ.get("AFTER_SALES_SHOTS")

    async def fits(name: str) -> None:
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        if shots:
            await page.screenshot(path=f"{shots}/{name}-{width}.png", full_page=True)

    await expect(page.get_by_text("还剩 2 分钟").first).to_be_visible()
    await fits("list")
    await page.get_by_role("link", name="少发或破损").click()
    await page.get_by_role("button", name="接手").click()
    await expect(page.get_by_text("接手了，已经告诉顾客")).to_be_visible()
    await page.get_by_label("问顾客", exact=True).fill("能拍张照片吗？")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("等顾客，不计时")).to_be_visible()
    await fits("one")
    await page.get_by_label("退多少元").fill("12.50")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("商城正在办，有结果会告诉顾客")).to_be_visible()
    await fits("refunding")
    assert complaints == []
