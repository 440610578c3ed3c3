"""Customers of the shop on the simulator's page: a welcome, a group, and a mass message that its owner confirms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.functional.world import CORP_ID, World

WELCOME = "您好，欢迎加我～"


@pytest.fixture
async def shop(tmp_path: Path, example_knowledge: Path) -> AsyncIterator[World]:
    """A shop that welcomes those who add a member."""
    async with World(
        folder=tmp_path, knowledge_base=example_knowledge, corp=True, servicers=("zhangsan:张珊",)
    ) as world:
        world.settings = {"wecom": {"customer_groups": True, "welcome": WELCOME}}
        world.write_config()
        await world.start_bot()
        yield world


async def confirm(page: Page) -> None:
    await page.locator("#ask-ok").click()
    await expect(page.locator("#ask")).to_be_hidden()


def row(pane: Locator, words: str) -> Locator:
    return pane.locator(".room").filter(has_text=words)


@pytest.mark.parametrize(("width", "height"), [(1440, 880), (390, 844)], ids=["desktop", "phone"])
async def test_a_customer_is_welcomed_and_comes_into_a_group(
    browser: Browser, shop: World, width: int, height: int
) -> None:
    page = await browser.new_page(viewport={"width": width, "height": height})
    await page.goto(f"{shop.simulator_url}/#groups")
    pane = page.locator("#pane-groups")
    await expect(pane.get_by_text("还没有客户群，也没有顾客")).to_be_visible()

    await pane.get_by_role("button", name="新顾客加好友").click()
    await page.get_by_label("顾客的名字").fill("王女士")
    await confirm(page)
    await expect(pane.locator(".line.theirs .bubble")).to_have_text(WELCOME)

    if width < 900:
        await pane.get_by_role("button", name="返回列表").click()
    await pane.locator('[data-room="add 客户群"]').click()
    await page.get_by_label("群名").fill("老客户群")
    await confirm(page)
    phone = pane.locator(".phone")
    await expect(phone.get_by_role("heading", name="老客户群（1）")).to_be_visible()
    await phone.get_by_role("button", name="资料").click()
    await phone.get_by_role("button", name="让人进群").click()
    await confirm(page)
    await expect(phone.get_by_role("heading", name="老客户群（2）")).to_be_visible()
    await expect(phone.locator(".sheet-people li")).to_contain_text(["张珊", "王女士"])
    await phone.get_by_role("button", name="移出").click()
    await expect(phone.get_by_role("heading", name="老客户群（1）")).to_be_visible()

    if width < 900:
        await phone.get_by_role("button", name="返回列表").click()
    await expect(row(pane, "老客户群")).to_contain_text("1 人 · 群主 张珊")
    await page.close()


async def ask_to_send(shop: World, chat_type: str, words: str) -> None:
    """What the shop's program does: a mass message for the groups of a member."""
    secret = {"corpid": CORP_ID, "corpsecret": shop.environment["XIAOER_WECOM__SECRET"]}
    async with shop.session.get(f"{shop.corp_url}/cgi-bin/gettoken", params=secret) as response:
        token = (await response.json())["access_token"]
    body = {"chat_type": chat_type, "sender": "zhangsan", "text": {"content": words}}
    url = f"{shop.corp_url}/cgi-bin/externalcontact/add_msg_template"
    async with shop.session.post(url, params={"access_token": token}, json=body) as response:
        assert (await response.json())["errcode"] == 0


async def test_a_mass_message_leaves_when_its_owner_confirms_and_no_oftener_than_the_rule(
    browser: Browser, shop: World
) -> None:
    made = await shop.sim(
        "POST", "contacts/acts", {"act": "group-create", "owner": "zhangsan", "name": "群一"}
    )
    assert made["results"][0]["chat_id"]
    page = await browser.new_page(viewport={"width": 1440, "height": 880})
    await page.goto(f"{shop.simulator_url}/#groups")
    pane = page.locator("#pane-groups")
    task, heard = pane.locator(".task"), pane.locator(".phone .line .bubble")

    await ask_to_send(shop, "group", "第一条")
    await expect(task).to_contain_text("等 1 人确认")
    await expect(heard).to_have_count(0)
    await task.get_by_role("button", name="确认发送").click()
    await expect(heard).to_have_text("第一条")
    await expect(task).to_contain_text("送达 1 / 1")

    await ask_to_send(shop, "group", "第二条")
    await expect(task).to_have_count(2)
    await task.first.get_by_role("button", name="确认发送").click()
    await expect(task.first).to_contain_text("送达 0 / 1")
    await task.first.get_by_text("看每一个").click()
    await expect(task.first.locator(".result")).to_have_text("已收过群发")

    await pane.get_by_label("每位顾客、每个群最多收").select_option("month")
    await ask_to_send(shop, "group", "第三条")
    await expect(task).to_have_count(3)
    await page.goto(f"{shop.simulator_url}/#staff")
    asked = page.locator("#pane-staff .phone").get_by_role("group", name="群发任务")
    await expect(asked).to_have_count(3)
    await asked.last.get_by_role("button", name="确认发送").click()
    await expect(asked.last).to_contain_text("已发送或已取消")
    await page.goto(f"{shop.simulator_url}/#groups")
    await expect(heard).to_have_text(["第一条", "第三条"])
    await page.close()
