"""A customer wants a person, and a member takes the case on the phone that the simulator's page shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.functional.world import World

SIZES = {"desktop": (1440, 880), "phone": (390, 844)}


@pytest.fixture
async def staffed(tmp_path: Path, example_knowledge: Path) -> AsyncIterator[World]:
    """A shop whose two servicers are told of customers who wait, and both have gone home."""
    names = ("zhangsan:张珊", "lisi:李思")
    async with World(folder=tmp_path, knowledge_base=example_knowledge, corp=True, servicers=names) as world:
        world.settings = {"staff": {"members": ["zhangsan", "lisi"]}}
        world.write_config()
        await world.start_bot()
        for userid in ("zhangsan", "lisi"):
            await world.servicer_does(userid, "stop", open_kfid=world.kefu_accounts[0])
        yield world


@pytest.mark.parametrize("size", SIZES)
async def test_a_member_takes_the_case_of_a_customer_who_wants_a_person(
    browser: Browser, staffed: World, size: str
) -> None:
    width, height = SIZES[size]
    page = await browser.new_page(viewport={"width": width, "height": height})
    await page.goto(f"{staffed.simulator_url}/#staff")
    pane = page.locator("#pane-staff")
    await pane.get_by_role("button", name="张珊").click()
    await pane.locator('.room[data-room="app"]').click()
    phone = pane.locator('.phone[data-member="zhangsan"][data-chat="app"]')
    card = phone.locator(".tcard")
    await expect(phone.get_by_label("输入消息")).to_be_visible()
    await expect(card).to_have_count(0)

    await staffed.customer_does("wang", "enter")
    await staffed.customer_says("wang", "荔枝坏了，我要转人工")

    await expect(card).to_contain_text("有顾客在等人工")
    await card.get_by_role("button", name="接入").click()
    await expect(card).to_contain_text("已由")
    await expect(card).to_contain_text("接入")
    await expect(card.get_by_role("button", name="接入")).to_have_count(0)

    await phone.get_by_role("button", name="待处理").click()
    await expect(phone.locator(".line.mine .bubble").last).to_have_text("待处理")
    await expect(phone.locator(".line.theirs").last).to_contain_text("你正在接待")
    await page.close()
