"""The main job, as a shopper sees it: a question is typed on the phone, and the shop's answer is read there."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.functional.world import World

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


async def open_phone(
    browser: Browser, world: World, size: dict[str, int], shopper: str
) -> tuple[Page, Locator]:
    page = await browser.new_page(viewport={"width": size["width"], "height": size["height"]})
    await page.goto(f"{world.simulator_url}/?shoppers={shopper}")
    return page, page.locator(f'[data-shopper="{shopper}"]').first


async def ask(phone: Locator, text: str) -> None:
    await phone.get_by_label("输入消息").fill(text)
    await phone.get_by_label("输入消息").press("Enter")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_question_typed_on_the_phone_is_answered(
    browser: Browser, world: World, size: dict[str, int]
) -> None:
    page, phone = await open_phone(browser, world, size, "wang")
    heard = phone.locator(".line.theirs .bubble")

    await ask(phone, "几点前下单当天发货")
    await expect(heard.last).to_contain_text("16:00")
    await ask(phone, "我的订单HY20991231001到哪了")
    await expect(heard.last).to_contain_text("HY20991231001")
    await expect(heard).to_have_count(2)
    await page.close()


async def test_a_person_is_asked_for_and_nonsense_is_shown_as_typed(browser: Browser, world: World) -> None:
    page, phone = await open_phone(browser, world, DESKTOP, "wang")
    heard = phone.locator(".line.theirs .bubble")

    await ask(phone, "转人工")
    await expect(heard.last).to_contain_text("客服")
    await ask(phone, "<b>😀 asdfghjkl</b>")
    await expect(phone.locator(".line.mine .bubble, .line.ours .bubble").last).to_contain_text("<b>😀")
    await expect(heard).to_have_count(2)
    await page.close()
