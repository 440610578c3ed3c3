"""The page in a real browser: a shopper writes, hears, leaves; the inspector and the faults follow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.functional.simulator.conftest import Client
from tests.servers.browser import CHROMIUM_ARGUMENTS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
async def page(client: Client, chromium_path: Path) -> AsyncIterator[Page]:
    """The page, wide; any error in its console fails the test."""
    trouble: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(chromium_path), args=list(CHROMIUM_ARGUMENTS)
        )
        page = await browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        await page.goto(client.url)
        yield page
        await browser.close()
    assert trouble == []


async def test_a_question_typed_on_the_phone_is_answered(page: Page) -> None:
    phone = page.locator('[data-shopper="wang"]')
    await phone.get_by_label("输入消息").fill("<b>几点</b>发货？😀<script>alert(1)</script>")
    await page.keyboard.press("Enter")
    answer = phone.locator(".theirs .bubble")
    await expect(answer).to_have_text("你说：<b>几点</b>发货？😀<script>alert(1)</script>")
    assert await phone.locator(".bubble b, .bubble script").count() == 0
    row = page.locator(".row", has_text="被动回复")
    await row.locator("summary").click()
    await expect(row.locator("pre").nth(1)).to_contain_text("<MsgType><![CDATA[text]]></MsgType>")


async def test_a_second_shopper_does_not_hear_the_first_ones_answers(page: Page) -> None:
    await page.locator('[data-shopper="li"]').get_by_role("button", name="转人工").click()
    await expect(page.locator('[data-shopper="li"] .theirs .bubble')).to_have_text("你说：转人工")
    await expect(page.locator('[data-shopper="wang"] .line')).to_have_count(0)


async def test_things_behind_the_plus_and_leaving(page: Page) -> None:
    phone = page.locator('[data-shopper="wang"]')
    await phone.get_by_role("button", name="更多").click()
    await phone.get_by_role("button", name="语音", exact=True).click()
    await page.get_by_label("识别出的文字").fill("查订单")
    await page.keyboard.press("Enter")
    await expect(phone.locator(".recognition")).to_have_text("查订单")
    await phone.get_by_role("button", name="更多").click()
    await phone.get_by_role("button", name="取消关注").click()
    await phone.get_by_role("button", name="关注公众号").click()
    await expect(phone.locator(".notice").last).to_have_text("你已关注「小二优选」")


async def test_menus_and_menu_messages_can_be_clicked(page: Page, client: Client) -> None:
    menu = {
        "button": [
            {"name": "服务", "sub_button": [{"type": "click", "name": "查订单", "key": "order"}]},
        ]
    }
    await client.sim("PUT", "menu", menu)
    phone = page.locator('[data-shopper="wang"]')
    await phone.get_by_role("button", name="切换到菜单").click()
    await phone.get_by_role("button", name="服务").click()
    await phone.get_by_role("menuitem", name="查订单").click()
    await expect(phone.locator(".notice").last).to_have_text("你点击了菜单「查订单」")
    openid = (await client.sim("GET", "shoppers/wang"))["openid"]
    choices = {"head_content": "哪一个？", "list": [{"id": "1", "content": "发货时间"}], "tail_content": ""}
    await client.api(
        "POST",
        f"/cgi-bin/message/custom/send?access_token={await client.token()}",
        {"touser": openid, "msgtype": "msgmenu", "msgmenu": choices},
    )
    await phone.get_by_role("button", name="发货时间").click()
    await expect(phone.locator(".mine .bubble")).to_have_text("发货时间")


async def test_a_fault_switched_on_is_felt_and_seen(page: Page, client: Client) -> None:
    await page.get_by_role("tab", name="故障").click()
    await page.locator("#fault-callback-drop_request").check()
    slider = page.get_by_label("丢弃请求：概率")
    await slider.fill("100")
    await expect(page.locator("#fault-count")).to_have_text("1")
    phone = page.locator('[data-shopper="wang"]')
    await phone.get_by_role("button", name="几点发货").click()
    await expect(phone.locator(".notice.failure")).to_contain_text("服务出现故障")
    await page.get_by_role("button", name="全部关闭").click()
    await expect(page.locator("#fault-count")).to_be_hidden()
    assert (await client.sim("GET", "faults"))["rules"] == []


async def test_the_clock_is_moved(page: Page, client: Client) -> None:
    await page.get_by_role("button", name="＋1 天").click()
    await expect(page.locator("#clock-offset")).to_have_text("＋1 天")
    assert (await client.sim("GET", "clock"))["offset_seconds"] == 86_400
    await page.get_by_role("button", name="归零").click()
    await expect(page.locator("#clock-offset")).to_be_hidden()


async def test_a_narrow_screen_has_three_views(page: Page) -> None:
    await page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    await page.reload()
    views = page.get_by_role("navigation", name="视图")
    await expect(page.locator(".phone")).to_have_count(1)
    await expect(page.locator("#view-inspector")).to_be_hidden()
    await views.get_by_role("button", name="检查").click()
    await expect(page.locator("#view-inspector")).to_be_visible()
    await expect(page.locator(".phone")).to_be_hidden()
    await views.get_by_role("button", name="故障").click()
    await expect(page.locator("#view-faults")).to_be_visible()
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width == NARROW["width"]


async def test_the_page_survives_a_reset(page: Page, client: Client) -> None:
    phone = page.locator('[data-shopper="wang"]')
    await phone.get_by_role("button", name="几点发货").click()
    await expect(phone.locator(".theirs")).to_have_count(1)
    await client.sim("POST", "reset")
    await expect(phone.locator(".line")).to_have_count(0)
    await phone.get_by_role("button", name="转人工").click()
    await expect(phone.locator(".theirs .bubble")).to_have_text("你说：转人工")


async def test_every_control_has_a_name(page: Page) -> None:
    await page.locator('[data-shopper="wang"]').get_by_role("button", name="更多").click()
    nameless = await page.evaluate(
        """[...document.querySelectorAll("button, input, select, textarea")]
        .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.length))
        .map((e) => e.outerHTML)"""
    )
    assert nameless == []
