"""The inspector and the faults about the corp: what is shown of 微信客服, and what can be made to go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.functional.world import World


@pytest.fixture
async def platform(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """The simulator alone; with a corp unless the test says otherwise."""
    corp = getattr(request, "param", True)
    async with World(folder=tmp_path, knowledge_base=tmp_path, corp=corp) as running:
        yield running


async def open_page(browser: Browser, world: World) -> Page:
    page = await browser.new_page(viewport={"width": 1440, "height": 880})
    await page.goto(f"{world.simulator_url}/")
    await expect(page.locator("#link")).to_have_text("已连接")
    return page


async def test_the_corps_rows_can_be_picked_out(browser: Browser, platform: World) -> None:
    page = await open_page(browser, platform)
    rows = page.locator(".rows .row:visible")
    await expect(page.locator("select.platforms")).to_be_hidden()
    await platform.says("wang", "在吗", wait=False)
    await platform.customer_does("wang", "say", text="在吗")
    await platform.sim("PUT", "kefu/customers/wang/state", {"state": 2})
    await platform.servicer_does("zhangsan", "take", customer="wang")

    await expect(rows.filter(has_text="客服有新消息").first).to_be_visible()
    turn = rows.filter(has_text="待接入池 → 人工 zhangsan（人工）")
    await expect(turn).to_have_count(1)
    await page.locator("select.platforms").select_option("公众号")
    await expect(turn).to_have_count(0)
    await expect(rows.filter(has_text="文本").first).to_be_visible()
    await page.locator("select.platforms").select_option("企业微信")
    await expect(rows.filter(has_text="文本")).to_have_count(0)
    await expect(turn).to_have_count(1)
    await page.close()


async def test_one_endpoints_nth_call_can_be_made_to_fail(browser: Browser, platform: World) -> None:
    page = await open_page(browser, platform)
    await page.get_by_role("tab", name="故障").click()
    form = page.get_by_role("form", name="接口出错")
    await form.get_by_label("接口", exact=True).select_option("发客服消息")
    await form.get_by_label("错误码").select_option("95018 状态不对")
    await form.get_by_label("第几次调用").fill("2")
    await form.get_by_role("button", name="加上").click()
    listed = page.locator(".others .fault")
    await expect(listed).to_contain_text("发客服消息 · 错误码 95018")
    await expect(listed).to_contain_text("第 2 次")
    (rule,) = (await platform.sim("GET", "faults"))["rules"]
    assert (rule["path"], rule["nth"], rule["errcode"]) == ("/cgi-bin/kf/send_msg", [2], 95018)

    await page.locator("#fault-callback-delay").check()  # another rule leaves this one as it is
    await expect(page.locator("#fault-count")).to_have_text("2")
    await expect(listed).to_have_count(1)
    await page.get_by_label("延迟：范围").first.select_option("只有企业微信的回调")
    await expect(page.get_by_label("延迟：范围").first).to_have_value("corp:")
    await listed.get_by_role("button", name="去掉").click()
    await expect(listed).to_have_count(0)
    (left,) = (await platform.sim("GET", "faults"))["rules"]
    assert (left["kind"], left["path"]) == ("delay", "corp:")
    await page.close()


async def test_reception_and_empty_pages_are_turned(browser: Browser, platform: World) -> None:
    page = await open_page(browser, platform)
    await page.get_by_role("tab", name="故障").click()
    await page.get_by_role("switch", name="平台原生接待").check()
    await page.get_by_role("button", name="下一次给空页").click()
    await expect(page.get_by_text("还有 1 次")).to_be_visible()
    await page.get_by_role("button", name="下一次给空页").click()
    await expect(page.get_by_text("还有 2 次")).to_be_visible()
    corp = (await platform.sim("GET", "settings"))["corp"]
    assert (corp["native_reception"], corp["kefu_sync_empty_pages"]) == (True, 2)
    await page.close()


@pytest.mark.parametrize("platform", [False], indirect=True)
async def test_without_a_corp_nothing_of_it_is_shown(browser: Browser, platform: World) -> None:
    page = await open_page(browser, platform)
    await page.get_by_role("tab", name="故障").click()
    await expect(page.get_by_role("group", name="企业微信")).to_be_hidden()
    await expect(page.get_by_text("发送后失败")).to_be_hidden()
    await page.locator("#fault-callback-delay").check()
    await expect(page.locator("#fault-count")).to_have_text("1")
    await expect(page.get_by_label("延迟：范围").first).to_be_hidden()
    await page.close()
