"""The editors' pages in a real browser, wide and narrow: an entry is written, tried and published."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from console.permissions import Role
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from storage.times import now_ms
from tests.browser.console.signing_in import signed_in
from tests.functional.console.knowledge import Editors, editing
from tests.functional.console.serving import Watch

WIDTHS = (1280, 390)
PAGES = ("", "/entry", "/drafts", "/history", "/files", "/checkup")


@pytest.fixture
async def editors(tmp_path: Path, small_knowledge: Path) -> AsyncIterator[Editors]:
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"))
    await migrate(database)
    async with editing(database, small_knowledge, tmp_path / "kb", watch=Watch(now_ms())) as running:
        await running.console.hire("lan", Role.EDITOR)
        yield running
    await database.close()


async def opened(browser: Browser, editors: Editors, width: int) -> tuple[Page, list[str]]:
    """The list of entries after signing in, and what the browser complains of."""
    return await signed_in(browser, editors.console, "lan", width=width, path="/knowledge")


@pytest.mark.parametrize("width", WIDTHS)
async def test_an_entry_is_written_tried_and_published(
    browser: Browser, editors: Editors, width: int
) -> None:
    page, complaints = await opened(browser, editors, width)
    for path in PAGES:
        await page.goto(f"{editors.console.url}/console/knowledge{path}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path

    await page.goto(f"{editors.console.url}/console/knowledge")
    await page.get_by_label("顾客会得到什么回答？").fill("可以开发票吗")
    await page.keyboard.press("Enter")
    await expect(page.locator("#tried .told")).to_be_visible()

    await page.get_by_role("link", name="新问答").click()
    await page.get_by_label("问题", exact=True).fill("可以带猫来店里玩吗")
    await page.get_by_label("其他问法").fill("能带宠物进店不\n猫猫能来吗")
    await page.get_by_label("答案", exact=True).fill("{name}可以的，记得带上牵引绳")
    await page.get_by_role("button", name="加一个答案").click()
    await page.get_by_label("说给哪个客群").fill("vip")
    await page.get_by_label("这里的答案").fill("当然，猫零食也备好了")
    await page.get_by_label("试一试：草稿和线上各说什么").fill("可以带猫来店里玩吗")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("您可以的，记得带上牵引绳")).to_be_visible()
    await page.get_by_role("button", name="保存并去发布").click()
    await page.get_by_role("button", name="试运行选中的").click()
    publish = page.get_by_role("button", name="发布", exact=True)
    await expect(publish).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.get_by_role("textbox").last.fill("常有人问")
    await publish.click()
    await expect(page.get_by_text("顾客马上会听到新的说法")).to_be_visible()
    await page.get_by_role("link", name="看这一版").click()
    await expect(page.get_by_role("link", name="可以带猫来店里玩吗")).to_be_visible()
    assert complaints == []
    await page.close()
