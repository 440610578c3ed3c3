"""Customers in a real browser, wide and narrow, light and dark: found, shown, tagged, joined, with nothing refused."""

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
from tests.functional.console.customers import SECOND_MALL, VIP_MALL, Shop, minding
from tests.functional.console.serving import Watch

WIDTHS = (1280, 390)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    url = f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"
    database = Database(DatabaseSettings(url=url))
    await migrate(database)
    async with minding(database, url, watch=Watch(now_ms())) as running:
        await running.console.hire("wu", Role.SUPERVISOR)
        yield running
    await database.close()


async def fits(page: Page, width: int) -> bool:
    found: int = await page.evaluate("document.documentElement.scrollWidth")
    return found <= width


async def small_targets(page: Page) -> list[str]:
    """Buttons and fields of the page that are too small for a finger."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll("main button, main input:not([type=hidden]), main select")]
            .map((each) => [each, each.getBoundingClientRect()])
            .filter(([, box]) => box.width && box.height && Math.min(box.width, box.height) < 24)
            .map(([each]) => each.outerHTML.slice(0, 80))"""
    )
    return found


async def nameless(page: Page) -> list[str]:
    """What can be reached by keyboard, and says nothing to somebody who does not see it."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll("main a, main button, main input:not([type=hidden]), main select")]
            .filter((each) => !(each.textContent.trim() || each.getAttribute("aria-label")
                || [...(each.labels ?? [])].some((label) => label.textContent.trim())))
            .map((each) => each.outerHTML.slice(0, 80))"""
    )
    return found


@pytest.mark.parametrize("width", WIDTHS)
async def test_every_page_fits_and_can_be_used_without_seeing_it(
    browser: Browser, shop: Shop, width: int
) -> None:
    page, complaints = await signed_in(browser, shop.console, "wu", width=width, path="/customers")
    vip = await shop.id_of(VIP_MALL)
    for path in ("", f"/{vip}", "/segments", "/conflicts"):
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            await page.goto(f"{shop.console.url}/console/customers{path}")
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert await fits(page, width), path
            assert await nameless(page) == [], path
            assert await small_targets(page) == [], path
    assert complaints == []
    await page.close()


@pytest.mark.parametrize("width", WIDTHS)
async def test_from_a_phone_number_to_a_tag(browser: Browser, shop: Shop, width: int) -> None:
    page, complaints = await signed_in(browser, shop.console, "wu", width=width, path="/customers")
    await page.keyboard.press("/")
    await page.keyboard.type("138 0013 8000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="顾客")).to_be_visible()
    await page.wait_for_url(f"**/customers/{await shop.id_of(VIP_MALL)}")
    assert "13800138000" not in page.url
    await page.get_by_role("button", name="显示完整内容").first.click()
    await expect(page.locator(".revealed")).to_have_text("13800138000")

    tags = page.locator(".customer-tags")
    await tags.get_by_label("新标签").fill("爱喝龙井")
    await tags.get_by_label("为什么").fill("每次都带一盒")
    await page.keyboard.press("Enter")
    await expect(tags.get_by_text("wu 加的：每次都带一盒")).to_be_visible()
    await tags.get_by_label("新标签").fill("高净值")
    await tags.get_by_role("button", name="加上").click()
    await expect(tags.get_by_role("alert")).to_contain_text("由规则来给")
    await tags.get_by_role("button", name="去掉标签 爱喝龙井").click()
    await expect(tags.get_by_text("每次都带一盒").first).to_be_hidden()
    assert await fits(page, width)
    assert complaints == []
    await page.close()


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_conflict_is_decided(browser: Browser, shop: Shop, width: int) -> None:
    page, complaints = await signed_in(browser, shop.console, "wu", width=width, path="/customers/conflicts")
    await page.get_by_placeholder("为什么这样定").fill("本人到店说的")
    await page.get_by_role("button", name="是同一个人").click()
    await expect(page.get_by_text("没有要您定的")).to_be_visible()
    assert await shop.id_of(SECOND_MALL) == await shop.id_of(VIP_MALL)
    await page.get_by_role("link", name="坚持合在一起的").click()
    await page.get_by_placeholder("为什么这样定").fill("弄错了")
    await page.get_by_role("button", name="撤回，分成两位").click()
    await expect(page.get_by_role("status")).to_contain_text("以后算两位顾客")
    assert await shop.id_of(SECOND_MALL) != await shop.id_of(VIP_MALL)
    assert complaints == []
    await page.close()


async def test_the_card_fits_the_side_of_a_conversation(browser: Browser, shop: Shop) -> None:
    page, complaints = await signed_in(browser, shop.console, "wu", width=1280, path="/customers")
    await page.goto(f"{shop.console.url}/console/customers/{await shop.id_of(VIP_MALL)}")
    sizes: list[int] = await page.evaluate(
        """() => {
            const card = document.querySelector(".customer-card");
            card.style.width = "320px";
            const columns = getComputedStyle(card.querySelector(".card-columns")).columnCount;
            return [card.scrollWidth, Number(columns)];
        }"""
    )
    assert sizes == [320, 1]
    assert complaints == []
    await page.close()
