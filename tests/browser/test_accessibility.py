"""Every page that is in the navigation, and the desk with a conversation, by axe-core: light, dark, wide and narrow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.accessible import serious_findings
from tests.functional.bot.hiring import hire
from tests.functional.console.serving import PASSWORD
from tests.functional.world import World

WIDE, NARROW = (1440, 900), (390, 844)
BEHIND = ("/canned/new", "/desk/search", "/levels/vip", "/people/new", "/team/lin", "/account/password")
"""Pages that the navigation does not name."""
ROLES = ("admin", "manager", "supervisor", "agent", "vip_agent", "editor", "group_owner")


@pytest.fixture
async def shop(tmp_path: Path, small_knowledge: Path) -> AsyncIterator[World]:
    async with World(
        folder=tmp_path, knowledge_base=small_knowledge, settings={"official": {"handoff": "desk"}}
    ) as running:
        await running.start_bot()
        await hire(running, "lin", name="小林", roles=ROLES)
        yield running


async def _signed_in(browser: Browser, shop: World) -> Page:
    page = await browser.new_page()
    await page.goto(f"{shop.bot_url}/console/desk")
    assert await serious_findings(page) == []
    await page.get_by_label("登录名").fill("lin")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="客服工作台")).to_be_visible()
    return page


@pytest.mark.timeout(900)
async def test_no_page_has_serious_findings(browser: Browser, shop: World) -> None:
    page = await _signed_in(browser, shop)
    await (
        page.get_by_role("button", name="点一下开始接待")
        .or_(page.get_by_role("button", name="接待中"))
        .wait_for()
    )
    await shop.says("wang", "转人工", wait=False)
    await page.locator("#mine .desk-row").click()
    await page.get_by_label("回复", exact=True).fill("您好")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".desk-line.is-agent")).to_be_visible()
    desk = page.url
    links = page.locator("[data-shortcut]")
    addresses = {await link.evaluate("each => each.href") for link in await links.all()}
    assert len(addresses) > 10
    addresses |= {desk, *(f"{shop.bot_url}/console{path}" for path in BEHIND)}

    found: list[str] = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        for width, height in (WIDE, NARROW):
            await page.set_viewport_size({"width": width, "height": height})
            for address in sorted(addresses):
                await page.goto(address)
                where = f"{address.removeprefix(shop.bot_url)} {scheme} {width}"
                found += [f"{where}: {each}" for each in await serious_findings(page)]
    assert not found, "\n".join(found)
