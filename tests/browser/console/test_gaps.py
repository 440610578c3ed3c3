"""What customers ask in vain, in a real browser, wide and narrow: found, published, labelled, looked over."""

from __future__ import annotations

import shutil
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
from tests.functional.console.gaps import GIFT, REPLY, Gaps, answered, ask_in_vain, minding
from tests.functional.console.serving import Watch
from tests.functional.console.small_shop import small_shop

__all__ = ["small_shop"]

WIDTHS = (1280, 390)


@pytest.fixture
async def gaps(tmp_path: Path, small_shop: Path) -> AsyncIterator[Gaps]:
    url = f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"
    database = Database(DatabaseSettings(url=url))
    await migrate(database)
    shutil.copytree(small_shop, tmp_path / "kb")
    async with minding(database, url, tmp_path / "kb", watch=Watch(now_ms())) as running:
        await running.console.hire("lan", Role.EDITOR)
        yield running
    await database.close()


async def opened(browser: Browser, gaps: Gaps, width: int) -> tuple[Page, list[str]]:
    """The list after signing in, and what the browser complains of."""
    return await signed_in(browser, gaps.console, "lan", width=width, path="/gaps")


async def fits(page: Page, width: int) -> bool:
    found: int = await page.evaluate("document.documentElement.scrollWidth")
    return found <= width


@pytest.mark.parametrize("width", WIDTHS)
async def test_from_what_was_asked_in_vain_to_what_is_answered(
    browser: Browser, gaps: Gaps, width: int
) -> None:
    await ask_in_vain(gaps)
    page, complaints = await opened(browser, gaps, width)
    await page.get_by_role("button", name="开始找").first.click()
    row = page.locator("a.list-group-item")
    await expect(row).to_have_count(1)
    assert await fits(page, width)
    await row.focus()
    await page.keyboard.press("Enter")
    answer = page.get_by_label("答案", exact=False)
    await expect(answer).to_have_value(REPLY)
    await expect(page.get_by_text("次是原话，存下就能答")).to_be_visible()
    assert await fits(page, width)

    search = page.get_by_placeholder("找：问法、答案里的字")
    await expect(search).to_be_hidden()
    await page.get_by_label("加到别的一条").check()
    await expect(answer).to_be_hidden()
    await search.fill("发票")
    await expect(page.locator("#found-entries").get_by_text("能开发票吗")).to_be_visible()
    await page.get_by_label("新写一条问答").check()
    await page.get_by_role("button", name="发布", exact=True).click()
    await expect(page.get_by_text("顾客马上会听到新的说法")).to_be_visible()
    await page.goto(f"{gaps.console.url}/console/gaps")
    await expect(page.get_by_text("没有这样的问题")).to_be_visible()
    assert complaints == []
    await page.close()


@pytest.mark.parametrize("width", WIDTHS)
async def test_questions_are_labelled_and_counted(browser: Browser, gaps: Gaps, width: int) -> None:
    await ask_in_vain(gaps, GIFT[:1])
    await answered(gaps, "几点关门呀", "hours")
    page, complaints = await opened(browser, gaps, width)
    await page.get_by_role("link", name="标一标").first.click()
    card = page.locator(".to-label").filter(has_text="几点关门呀")
    await card.get_by_role("button", name="答错了").click()
    await expect(card.get_by_text("知识编辑 lan 标的")).to_be_visible()
    other = page.locator(".to-label").filter(has_text=GIFT[0])
    await other.locator("summary").focus()
    await page.keyboard.press("Enter")
    await other.get_by_placeholder("找：问法、答案里的字").fill("礼品")
    await other.get_by_role("button", name="有礼品包装吗").click()
    await expect(other.get_by_text("应该是“有礼品包装吗”")).to_be_visible()
    assert await fits(page, width)
    await page.get_by_role("link", name="答得怎么样").click()
    await expect(page.get_by_text("标过 1 句，错 1 句")).to_be_visible()
    assert await fits(page, width)
    assert complaints == []
    await page.close()
