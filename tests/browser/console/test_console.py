"""The console in a real browser: on a wide screen and a phone, by hand and by keyboard, with nothing complained of."""

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
from tests.functional.console.serving import ConsoleServer, Watch, serving

WIDTHS = (1280, 390)
PAGES = ("/", "/people", "/people/new", "/people/1", "/audit", "/account", "/account/password")


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[ConsoleServer]:
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"))
    await migrate(database)
    async with serving(database, watch=Watch(now_ms())) as server:
        await server.hire("boss", Role.ADMIN, Role.MANAGER)
        await server.hire("lan", Role.AGENT)
        yield server
    await database.close()


async def opened(browser: Browser, console: ConsoleServer, width: int) -> tuple[Page, list[str]]:
    """The page after signing in as boss, and what the browser complains of."""
    return await signed_in(browser, console, "boss", width=width, path="/")


@pytest.mark.parametrize("width", WIDTHS)
async def test_every_page_fits_and_nothing_is_refused(
    browser: Browser, console: ConsoleServer, width: int
) -> None:
    page, complaints = await opened(browser, console, width)
    for path in PAGES:
        await page.goto(f"{console.url}/console{path}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
    await expect(page.get_by_role("navigation", name="主导航")).to_be_visible(visible=width > 991)
    await expect(page.get_by_role("navigation", name="底部导航")).to_be_visible(visible=width <= 991)
    assert complaints == []
    await page.close()


async def test_a_person_is_let_in_and_out_by_the_admin(browser: Browser, console: ConsoleServer) -> None:
    page, complaints = await opened(browser, console, 390)
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="全部").click()
    await page.get_by_role("dialog", name="全部功能").get_by_role("link", name="成员").click()
    await page.get_by_role("link", name="添加成员").click()
    await page.get_by_label("姓名").fill("小苗")
    await page.get_by_label("登录名").fill("miao")
    await page.get_by_text("知识编辑").click()
    await page.get_by_role("button", name="添加").click()
    await expect(page.get_by_role("heading", name="成员已添加")).to_be_visible()
    assert len(await page.locator("#temporary").inner_text()) == 14
    await page.get_by_role("link", name="好了").click()
    await page.get_by_role("link", name="小苗").click()
    await page.get_by_role("button", name="停用账号").click()
    await expect(page.get_by_role("status")).to_contain_text("小苗 已停用")
    assert complaints == []
    await page.close()


async def test_what_is_hidden_is_shown_on_asking_and_the_log_verified(
    browser: Browser, console: ConsoleServer
) -> None:
    page, complaints = await opened(browser, console, 1280)
    await page.goto(f"{console.url}/console/audit")
    await expect(page.get_by_text("127.0.•.•").first).to_be_visible()
    await page.get_by_role("button", name="显示完整内容").first.click()
    await expect(page.get_by_text("127.0.0.1")).to_be_visible()
    await page.get_by_role("button", name="查验完整").click()
    await expect(page.get_by_role("status")).to_contain_text("完整无缺")
    assert complaints == []
    await page.close()


async def test_by_keyboard(browser: Browser, console: ConsoleServer) -> None:
    page, _ = await opened(browser, console, 1280)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="跳到内容")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_be_focused()
    await page.keyboard.press("g")
    await page.keyboard.press("a")
    await page.wait_for_url("**/console/audit")
    await page.keyboard.press("/")
    await expect(page.get_by_label("谁")).to_be_focused()
    await page.keyboard.type("g a ?")  # letters in a field are letters
    await expect(page.get_by_label("谁")).to_have_value("g a ?")
    await page.keyboard.press("Tab")
    await page.locator("h1").click()
    await page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="键盘快捷键")
    await expect(shortcuts).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(shortcuts).to_be_hidden()
    await page.close()


async def test_light_and_dark_follow_the_system(browser: Browser, console: ConsoleServer) -> None:
    page = await browser.new_page(color_scheme="light")
    await page.goto(f"{console.url}/console/login")
    await expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    background = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    light = await page.evaluate(background)
    await page.emulate_media(color_scheme="dark")  # the system changes while the page is open
    await expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    await page.wait_for_function(f"{background} !== {light!r}")
    await page.close()


async def test_a_refused_request_is_told_without_leaving_the_page(
    browser: Browser, console: ConsoleServer
) -> None:
    page, _ = await opened(browser, console, 1280)
    await page.goto(f"{console.url}/console/audit")
    await page.evaluate("document.body.setAttribute('hx-headers', '{}')")
    await page.get_by_role("button", name="查验完整").click()
    await expect(page.get_by_text("页面放得太久了")).to_be_visible()
    await page.close()
