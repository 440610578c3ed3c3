"""The second factor in a real browser, on a wide screen and a phone: bound by keyboard, asked, answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from pydantic import SecretStr

from console.permissions import Role
from console.second_factor.totp import code_at, step_of
from console.settings import ConsoleSettings
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from storage.times import now_ms
from tests.browser.console.signing_in import signed_in
from tests.functional.console.serving import PASSWORD, ConsoleServer, Watch, serving

SETTINGS = ConsoleSettings(second_factor="required", key=SecretStr("k" * 32))


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[ConsoleServer]:
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"))
    await migrate(database)
    async with serving(database, settings=SETTINGS, watch=Watch(now_ms())) as server:
        await server.hire("boss", Role.ADMIN, Role.MANAGER)
        await server.hire("lan", Role.AGENT)
        yield server
    await database.close()


async def fits(page: Page, width: int) -> None:
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.parametrize("width", [1280, 390])
async def test_bound_then_asked_for(browser: Browser, console: ConsoleServer, width: int) -> None:
    page, complaints = await signed_in(browser, console, "boss", width=width, path="/audit")
    await page.get_by_role("button", name="显示完整内容").first.click()
    await page.wait_for_url("**/second-factor?needed=yes")
    await expect(page.get_by_text("刚才的操作要先设置二次验证")).to_be_visible()
    await fits(page, width)
    await expect(page.get_by_label("先输入登录密码")).to_be_focused()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    drawn = await page.get_by_role("img", name="绑定用的二维码").locator("svg").bounding_box()
    assert drawn is not None
    assert drawn["width"] == pytest.approx(drawn["height"])
    assert drawn["width"] >= 200
    await fits(page, width)
    secret = (await page.locator("#secret").inner_text()).replace(" ", "")
    await page.get_by_label("验证码").fill(code_at(secret, step_of(console.watch.ms)))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="二次验证设置好了")).to_be_visible()
    codes = (await page.get_by_label("恢复码").inner_text()).split()
    assert len(codes) == 10
    await fits(page, width)
    assert complaints == []

    console.watch.passes(minutes=11)
    await page.goto(f"{console.url}/console/audit?actor=boss")
    await page.get_by_role("button", name="显示完整内容").first.click()
    await page.wait_for_url("**/second-factor/confirm?next=*")
    await expect(page.get_by_label("验证码")).to_be_focused()
    await fits(page, width)
    await page.keyboard.type(code_at(secret, step_of(console.watch.ms)))
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/audit?actor=boss")
    await page.get_by_role("button", name="显示完整内容").first.click()
    await expect(page.get_by_text("127.0.0.1")).to_be_visible()
    assert complaints == []

    await page.goto(f"{console.url}/console/people/2")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="停用账号").click()
    await expect(page.get_by_role("heading", name="确认是您本人")).to_be_visible()
    await page.keyboard.type(codes[0])
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("已停用")
    await page.close()
