"""The parts of the platform as tabs: by keyboard, by address, on a narrow page, and without a corp."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.functional.world import World

PARTS = ("公众号", "微信客服", "员工与企业微信", "客户群")


@pytest.fixture
async def platform(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """The simulator alone; with a corp unless the test says otherwise."""
    corp = getattr(request, "param", True)
    async with World(folder=tmp_path, knowledge_base=tmp_path, corp=corp) as running:
        yield running


async def open_page(browser: Browser, url: str, width: int) -> tuple[Page, list[str]]:
    page = await browser.new_page(viewport={"width": width, "height": 844})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    await page.goto(url)
    return page, complaints


@pytest.mark.parametrize("width", [1440, 390])
async def test_every_part_is_reached_by_keyboard_and_by_address(
    browser: Browser, platform: World, width: int
) -> None:
    page, complaints = await open_page(browser, f"{platform.simulator_url}/#groups", width)
    tabs = page.get_by_role("tablist", name="平台")
    await expect(tabs.get_by_role("tab", name="客户群")).to_have_attribute("aria-selected", "true")
    await expect(page.get_by_role("tabpanel", name="客户群")).to_be_visible()

    await tabs.get_by_role("tab", name="客户群").press("ArrowRight")  # round to the first
    for part, name in zip(("official", "kefu", "staff", "groups"), PARTS, strict=True):
        tab = tabs.get_by_role("tab", name=name)
        await expect(tab).to_be_focused()
        await expect(tab).to_have_attribute("aria-selected", "true")
        await expect(page.get_by_role("tabpanel", name=name, exact=True)).to_be_visible()
        await expect(page.locator(".pane:visible")).to_have_count(1)
        await expect(page.locator(".pane:visible")).not_to_be_empty()
        assert page.url.endswith(f"#{part}")
        await page.keyboard.press("ArrowRight")
    await page.go_back()
    await expect(tabs.get_by_role("tab", name="客户群")).to_have_attribute("aria-selected", "true")
    assert complaints == []
    await page.close()


@pytest.mark.parametrize("width", [1440, 390])
async def test_inspector_and_faults_are_reached_from_a_part_of_the_corp(
    browser: Browser, platform: World, width: int
) -> None:
    page, complaints = await open_page(browser, f"{platform.simulator_url}/#kefu", width)
    await expect(
        page.get_by_role("region", name="客服的工作台").or_(page.locator(".phone:visible")).first
    ).to_be_visible()
    wide = width > 899
    await (page.get_by_role("tab", name="故障") if wide else page.get_by_role("button", name="故障")).click()
    await expect(page.get_by_text("丢弃请求", exact=True)).to_be_visible()
    await (page.get_by_role("tab", name="检查") if wide else page.get_by_role("button", name="检查")).click()
    await expect(page.get_by_role("button", name="清屏")).to_be_visible()
    assert complaints == []
    await page.close()


@pytest.mark.parametrize("platform", [False], indirect=True)
async def test_without_a_corp_there_is_the_official_account_only(browser: Browser, platform: World) -> None:
    page, complaints = await open_page(browser, f"{platform.simulator_url}/?shoppers=wang#kefu", 1440)
    await expect(page.locator('[data-shopper="wang"]')).to_be_visible()
    await expect(page.get_by_role("tablist", name="平台")).to_be_hidden()
    await expect(page.get_by_role("tabpanel", name="微信客服")).to_be_hidden()
    assert complaints == []
    await page.close()
