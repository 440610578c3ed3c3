"""微信客服 in a browser: a customer is answered, asks for a person who takes the session, and gets the bot back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.functional.world import World

ANSWER_MS = 15_000
CUSTOMER = "wang"


@pytest.fixture
async def receiving(tmp_path: Path, example_knowledge: Path) -> AsyncIterator[World]:
    """A shop on 微信客服 with one servicer, who receives."""
    names = ("zhangsan:张三",)
    async with World(folder=tmp_path, knowledge_base=example_knowledge, corp=True, servicers=names) as world:
        await world.start_bot()
        yield world


async def test_a_person_takes_the_session_and_the_bot_is_silent_meanwhile(
    browser: Browser, receiving: World
) -> None:
    page = await browser.new_page(viewport={"width": 1440, "height": 880})
    await page.goto(f"{receiving.simulator_url}/#kefu")
    phone = page.locator(f'.phone[data-customer="{CUSTOMER}"]')
    field, heard = phone.get_by_label("输入消息"), phone.locator(".line.theirs")
    desk = page.get_by_label("客服的工作台")
    reply = desk.get_by_label("回复顾客")

    await phone.get_by_role("button", name="从链接进入客服会话").click()
    await expect(heard.locator(".bubble")).to_contain_text("大家常问", timeout=ANSWER_MS)
    await field.fill("几点前下单当天发货")
    await field.press("Enter")
    await expect(heard.last).to_contain_text("16:00", timeout=ANSWER_MS)

    await heard.first.get_by_role("button", name="满多少包邮？").click()
    await expect(phone.locator(".line.mine .bubble").last).to_have_text("满多少包邮？")
    await expect(heard.last).to_contain_text("包邮", timeout=ANSWER_MS)
    await expect(heard).to_have_count(3)

    await field.fill("转人工")
    await field.press("Enter")
    await desk.get_by_role("button", name="接入").first.click(timeout=ANSWER_MS)
    await expect(page.locator(".session-line .state-badge")).to_have_attribute("data-state", "3")
    await reply.fill("您好，我是张三，马上帮您看")
    await reply.press("Enter")
    await expect(heard.last).to_contain_text("我是张三")
    before = await heard.count()

    await field.fill("几点前下单当天发货")
    await field.press("Enter")
    await expect(desk.locator(".line.theirs .bubble").last).to_have_text("几点前下单当天发货")
    await expect(desk.get_by_label("会话记录")).to_contain_text("几点前下单当天发货")
    await receiving.sim("POST", "settle?timeout=10")
    await reply.fill("下午四点前")
    await reply.press("Enter")
    await expect(heard.last).to_contain_text("下午四点前")
    await expect(heard).to_have_count(before + 1)

    await desk.get_by_role("button", name="结束").click()
    await expect(page.locator(".session-line .state-badge")).to_have_attribute("data-state", "4")
    ended = await heard.count()
    await field.fill("满多少包邮")
    await field.press("Enter")
    await expect(heard.nth(ended)).to_be_visible(timeout=ANSWER_MS)
    await expect(heard.last).to_contain_text("包邮", timeout=ANSWER_MS)
    lines = (await receiving.sim("GET", f"kefu/customers/{CUSTOMER}/transcript"))["lines"]
    speakers = [line["by"] for line in lines if line["direction"] == "heard"]
    first = speakers.index("servicer")
    assert speakers[first : first + 2] == ["servicer", "servicer"]
    assert "servicer" not in speakers[first + 2 :]
    assert speakers[-1] == "api"
    assert (await receiving.sim("GET", "invariants"))["counts"] == {}
    await page.close()
