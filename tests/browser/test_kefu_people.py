"""微信客服 in the browser, both sides: a customer on the phone, a servicer at the desk, and the bot between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.functional.world import World

DESKTOP = {"width": 1440, "height": 880}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
async def quiet_world(tmp_path: Path) -> AsyncIterator[World]:
    """The platform without a bot: nothing is said but what is said here."""
    people = ("zhangsan:张三", "lisi:李四")
    async with World(folder=tmp_path, knowledge_base=tmp_path, corp=True, servicers=people) as running:
        yield running


@pytest.fixture
async def corp_world(quiet_world: World, example_knowledge: Path) -> World:
    quiet_world.knowledge_base = example_knowledge
    quiet_world.write_config()
    await quiet_world.start_bot()
    return quiet_world


async def open_kefu(browser: Browser, world: World, size: dict[str, int]) -> tuple[Page, Locator, Locator]:
    """The tab, the customer's phone, the desk."""
    page = await browser.new_page(viewport={"width": size["width"], "height": size["height"]})
    await page.goto(f"{world.simulator_url}/?customers=wang#kefu")
    return page, page.locator('[data-customer="wang"].phone'), page.get_by_role("region", name="客服的工作台")


async def ask(phone: Locator, text: str) -> None:
    await phone.get_by_label("输入消息").fill(text)
    await phone.get_by_label("输入消息").press("Enter")


async def test_a_person_takes_over_and_the_bot_keeps_silent_until_they_end(
    browser: Browser, corp_world: World
) -> None:
    page, phone, desk = await open_kefu(browser, corp_world, DESKTOP)
    heard, state = phone.locator(".line.theirs .bubble"), page.get_by_role("status", name="会话状态")

    await phone.get_by_role("button", name="从链接进入客服会话").click()
    await expect(heard).to_have_count(1)
    await expect(heard.last).to_contain_text("欢迎来到禾野集")
    await heard.last.get_by_role("button", name="满多少包邮？").click()
    await expect(heard).to_have_count(2)
    await expect(heard.last).to_contain_text("59 元包邮")
    await expect(phone.locator(".line.mine .bubble")).to_have_text(["满多少包邮？"])
    await ask(phone, "几点前下单当天发货")
    await expect(heard.last).to_contain_text("16:00")
    await expect(state).to_contain_text("还能回 4 条")

    await ask(phone, "转人工")
    await expect(state).to_contain_text("2 待接入池")
    await expect(heard).to_have_count(4)  # the bot says that somebody is coming
    await desk.get_by_role("button", name="接入").first.click()
    await expect(state).to_contain_text("3 人工 · 张三")
    await expect(heard).to_have_count(5)  # and that somebody has come
    await desk.get_by_label("回复顾客").fill("您好，我是张三，这就帮您看。")
    await desk.get_by_label("回复顾客").press("Enter")
    await expect(heard.last).to_have_text("您好，我是张三，这就帮您看。")

    before = 6
    await expect(heard).to_have_count(before)
    await ask(phone, "几点前下单当天发货")
    await expect(desk.locator(".line.theirs .bubble").last).to_have_text("几点前下单当天发货")
    await corp_world.sim("POST", "settle")
    await page.wait_for_timeout(1500)  # silence can only be waited for
    await expect(heard).to_have_count(before)

    await desk.get_by_role("button", name="结束").click()
    await expect(state).to_contain_text("4 已结束")
    await expect(heard).to_have_count(before + 1)  # the bot says that it is back
    await ask(phone, "几点前下单当天发货")
    await expect(heard.last).to_contain_text("16:00")
    await expect(heard).to_have_count(before + 2)
    await expect(state).to_contain_text("还能回 4 条")
    assert (await corp_world.sim("GET", "invariants"))["counts"] == {}
    await page.close()


async def test_a_session_is_passed_on_and_taken_up_again_on_a_narrow_page(
    browser: Browser, quiet_world: World
) -> None:
    page, phone, desk = await open_kefu(browser, quiet_world, PHONE)
    await phone.get_by_role("button", name="从链接进入客服会话").click()
    await phone.get_by_role("button", name="几点发货？").click()
    await quiet_world.sim("PUT", "kefu/customers/wang/state", {"state": 2})

    await page.get_by_role("button", name="客服的工作台").click()
    await expect(phone).to_be_hidden()
    await desk.get_by_role("switch").click()
    await expect(desk.get_by_role("switch")).to_have_text("停止接待")
    await expect(desk.get_by_role("button", name="接入")).to_be_disabled()
    await desk.get_by_role("switch").click()
    await desk.get_by_role("button", name="接入").click()
    await desk.get_by_role("button", name="转接").click()
    await page.get_by_role("dialog").get_by_role("button", name="转接").click()
    await expect(desk.get_by_text("由同事接待中")).to_be_visible()

    await desk.get_by_label("我是").select_option("李四")
    await desk.get_by_role("button", name="结束").click()
    await desk.get_by_role("button", name="重新进入").click()
    await desk.get_by_label("回复顾客").fill("还有什么要问的吗？")
    await desk.get_by_role("button", name="发送").click()
    await desk.get_by_role("button", name="撤回").click()
    await expect(desk.get_by_text("你撤回了一条消息")).to_be_visible()

    await page.get_by_role("button", name="顾客的手机").click()
    await expect(phone.get_by_text("对方撤回了一条消息")).to_be_visible()
    assert await quiet_world.customer_state("wang") == 3
    await page.close()


async def test_everything_behind_the_plus_appears_on_the_phone(browser: Browser, quiet_world: World) -> None:
    page, phone, _ = await open_kefu(browser, quiet_world, DESKTOP)
    await phone.get_by_role("button", name="从链接进入客服会话").click()
    for name in ("拍摄", "语音", "文件", "位置", "链接", "小程序"):
        await phone.get_by_role("button", name="更多").click()
        await phone.get_by_role("button", name=name, exact=True).click()
        if name in ("位置", "链接", "小程序"):
            await page.get_by_role("dialog").get_by_role("button", name="确定").click()
    kinds = phone.locator(".line.mine")
    await expect(kinds).to_have_count(6)
    shown = [await line.get_attribute("data-kind") for line in await kinds.all()]
    assert shown == ["image", "voice", "file", "location", "link", "miniprogram"]
    await expect(kinds.first.get_by_role("img", name="图片")).to_be_visible()
    await page.close()
