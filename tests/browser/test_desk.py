"""The desk in a real browser: an agent serves a customer in WeChat, wide and narrow, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.functional.bot.hiring import hire
from tests.functional.bot.shop import QUESTION
from tests.functional.bot.watching import hears
from tests.functional.console.serving import PASSWORD
from tests.functional.knowledge import example_knowledge
from tests.functional.world import World

__all__ = ["example_knowledge"]

WIDE, NARROW = (1440, 900), (390, 844)


@pytest.fixture
async def shop(tmp_path: Path, example_knowledge: Path) -> AsyncIterator[World]:
    async with World(
        folder=tmp_path, knowledge_base=example_knowledge, settings={"official": {"handoff": "desk"}}
    ) as running:
        await running.start_bot()
        await hire(running, "lin", name="小林", roles=("agent", "vip_agent"))
        await hire(running, "mei", name="小美", roles=("agent",))
        await hire(running, "boss", name="主管", roles=("supervisor",))
        yield running


async def at_desk(browser: Browser, shop: World, login: str, size: tuple[int, int] = WIDE) -> Page:
    context: BrowserContext = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    await page.goto(f"{shop.bot_url}/console/desk")
    await page.get_by_label("登录名").fill(login)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="客服工作台")).to_be_visible()
    page.context.problems = problems  # type: ignore[attr-defined]
    return page


def problems(page: Page) -> list[str]:
    found: list[str] = page.context.problems  # type: ignore[attr-defined]
    return [each for each in found if "409" not in each]


async def fits(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.timeout(900)
async def test_an_agent_serves_a_customer_by_keyboard(browser: Browser, shop: World) -> None:
    page = await at_desk(browser, shop, "lin")
    await page.goto(f"{shop.bot_url}/console/canned/new")
    await page.get_by_label("名字").fill("开场")
    await page.get_by_label("回复", exact=True).fill("{称呼}好，我是{我的名字}，{订单号}我来查")
    await page.get_by_role("button", name="存好").click()
    await expect(page.get_by_role("link", name="开场")).to_be_visible()
    assert await fits(page)
    await page.goto(f"{shop.bot_url}/console/desk")
    await page.get_by_role("button", name="接待中").click()  # a break: they choose themselves
    await expect(page.get_by_role("button", name="休息中")).to_be_visible()
    await shop.says("wang", "转人工")
    row = page.locator("#waiting .desk-row")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text("转人工")

    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator(".desk-bubble").first).to_contain_text("转人工")
    await page.keyboard.press("c")
    await expect(page.locator("#mine .desk-row")).to_have_count(1)
    await expect(page.get_by_label("回复", exact=True)).to_be_visible()
    await page.keyboard.press("r")
    await expect(page.get_by_label("回复", exact=True)).to_be_focused()
    before = len(await shop.heard("wang"))
    await page.keyboard.type("您好，我是小林")
    await page.keyboard.press("Control+Enter")
    assert (await hears(shop, "wang", before + 1))[before:] == ["您好，我是小林"]
    await expect(page.locator(".desk-line.is-agent .desk-fate")).to_contain_text("已发出")

    await shop.says("wang", QUESTION, wait=False)
    await expect(page.locator(".desk-line.is-customer").last).to_contain_text(QUESTION)
    await expect(page).to_have_title("(1) 客服工作台 · 禾野集")
    await page.get_by_label("回复", exact=True).press_sequentially("/开场")
    choice = page.get_by_role("option", name="开场")
    await expect(choice).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("回复", exact=True)).to_have_value("您好，我是小林，{订单号}我来查")
    assert await page.evaluate("window.getSelection().toString()") == "{订单号}"
    await page.keyboard.type("马上")
    await page.keyboard.press("Control+Enter")
    assert (await hears(shop, "wang", before + 2))[before + 1 :] == ["您好，我是小林，马上我来查"]
    await expect(page).to_have_title("客服工作台 · 禾野集")
    await page.locator(".desk-title").click()
    await page.keyboard.press("e")
    await page.get_by_role("button", name="结束服务").click()
    await expect(page.locator("#mine .desk-row")).to_have_count(0)
    assert await fits(page)
    assert problems(page) == []


@pytest.mark.timeout(900)
async def test_on_a_phone_the_list_and_the_conversation_take_turns(browser: Browser, shop: World) -> None:
    page = await at_desk(browser, shop, "mei", NARROW)
    await page.get_by_role("button", name="接待中").click()
    await shop.says("li", "转人工")
    await page.locator("#waiting .desk-row").click()
    await expect(page.locator(".desk-side")).to_be_hidden()
    await page.get_by_role("button", name="接入").click()
    await page.get_by_label("回复", exact=True).fill("马上帮您看")
    await page.reload()
    await expect(page.get_by_label("回复", exact=True)).to_have_value("马上帮您看")
    assert await fits(page)
    await page.get_by_label("回到列表").click()
    await expect(page.locator("#mine .desk-row")).to_be_visible()
    assert problems(page) == []


@pytest.mark.timeout(900)
async def test_two_desks_see_the_same_and_what_was_typed_is_kept(browser: Browser, shop: World) -> None:
    lin, boss = await at_desk(browser, shop, "lin"), await at_desk(browser, shop, "boss")
    await shop.says("zhao", "转人工")
    await expect(lin.locator("#mine .desk-row")).to_have_count(1)
    await expect(boss.locator("#others .desk-row")).to_contain_text("小林")
    await lin.locator("#mine .desk-row").click()
    await lin.get_by_label("回复", exact=True).fill("这句还没发")
    await boss.locator("#others .desk-row").click()
    await expect(boss.locator("#desk-others")).to_have_text("小林 正在写")
    await expect(lin.locator("#desk-others")).to_have_text("主管 也在看")
    boss.on("dialog", lambda dialog: dialog.accept())
    await boss.get_by_role("button", name="接管").click()
    await expect(boss.locator(".desk-sub")).to_contain_text("你在接待")
    await expect(lin.locator("#mine .desk-row")).to_have_count(0)
    await expect(lin.get_by_label("回复", exact=True)).to_have_value("这句还没发")


@pytest.mark.timeout(900)
async def test_a_colleague_is_called_and_sees_it_at_once(browser: Browser, shop: World) -> None:
    lin, boss = await at_desk(browser, shop, "lin"), await at_desk(browser, shop, "boss", NARROW)
    await shop.says("sun", "转人工")
    await lin.locator("#mine .desk-row").click()
    await lin.locator(".desk-title").click()
    await lin.keyboard.press("n")
    await lin.keyboard.type("@主管 这位要改地址，能改吗")
    await lin.keyboard.press("Enter")
    asked = boss.locator(".desk-mention")
    await expect(asked).to_contain_text("小林：@主管 这位要改地址，能改吗")
    assert await fits(boss)
    await asked.click()
    await expect(boss.locator(".desk-event.is-note")).to_contain_text("这位要改地址")
    await boss.get_by_label("回到列表").click()
    await expect(asked).to_have_count(0)
    assert problems(lin) == problems(boss) == []
