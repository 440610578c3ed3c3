"""The WeCom app end to end: members look things up and take cases; new customers are greeted; groups are mirrored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.wecom.group_store import GroupStore
from storage.schema import cases, media
from tests.functional.bot.kefu_customers import says
from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import database_of, rows, until, violations
from tests.functional.world import World
from tests.patience import PATIENCE

GREETING = "您好，欢迎加我～"
LAN = "zhangsan"


@pytest.fixture
async def corp(example_knowledge: Path, tmp_path: Path) -> AsyncIterator[World]:
    """A shop with its people; nobody of them receives in 微信客服."""
    async with World(folder=tmp_path, knowledge_base=example_knowledge, corp=True) as running:
        wecom = {"customer_groups": True, "welcome": GREETING}
        running.settings = {"wecom": wecom, "staff": {"members": list(running.servicers)}}
        running.write_config()
        for userid in running.servicers:
            await running.sim("PUT", f"kefu/servicers/{userid}", {"receiving": False})
        await running.start_bot()
        yield running


async def does(world: World, userid: str, act: str, **data: object) -> Any:
    """What a member does on their phone; waits for what they hear."""
    return await world.sim("POST", f"corpapp/members/{userid}/{act}?wait=answer&timeout={PATIENCE}", data)


async def card_of(world: World, userid: str) -> dict[str, Any] | None:
    """The newest template card on a member's phone, as it looks now."""
    phone = await world.sim("GET", f"corpapp/members/{userid}")
    cards = [line["card"] for line in phone["lines"] if "card" in line]
    return dict(cards[-1]) if cards else None


async def takes(world: World, userid: str) -> None:
    """The member presses the first button of the newest card."""
    shown = await card_of(world, userid)
    assert shown is not None
    card = shown["card"]
    await does(world, userid, "card-click", task_id=card["task_id"], key=card["button_list"][0]["key"])


async def test_a_member_looks_an_answer_up(corp: World) -> None:
    heard = await does(corp, LAN, "say", text=QUESTION)
    assert right_answer() in str(heard["heard"])
    assert await violations(corp) == {}


async def test_a_waiting_customer_comes_as_a_card_and_is_taken_once(corp: World) -> None:
    promise = await says(corp, "wang", "转人工")
    assert promise is not None
    first, second = corp.servicers[:2]

    async def cards_came() -> bool:
        return None not in [await card_of(corp, userid) for userid in (first, second)]

    await until(cards_came, "a card on each phone")
    await takes(corp, first)
    await takes(corp, second)

    async def told() -> bool:
        words = [str((await card_of(corp, userid) or {})["replaced"]) for userid in (first, second)]
        return all(first in word for word in words)

    await until(told, "both cards to say who has the customer")
    (row,) = await rows(corp, cases)
    assert (row.state, row.taken_by) == ("taken", first)
    assert await violations(corp) == {}


async def test_a_new_customer_is_greeted_within_the_code(corp: World) -> None:
    added = await corp.sim("POST", "contacts/acts", {"act": "add", "userid": LAN, "name": "小林"})
    customer = added["results"][0]["external_userid"]

    async def greeted() -> bool:
        return GREETING in str(await corp.sim("GET", f"contacts/customers/{customer}"))

    await until(greeted, "the greeting")
    assert await violations(corp) == {}


async def test_customer_groups_are_mirrored_also_when_an_event_is_lost(corp: World) -> None:
    made = await corp.sim("POST", "contacts/acts", {"act": "group-create", "owner": LAN, "name": "荔枝团"})
    chat = made["results"][0]["chat_id"]
    join = {"act": "group-join", "chat_id": chat}
    await corp.sim("POST", "contacts/acts", {**join, "people": ["wmA"], "lost": True})
    await corp.sim("POST", "contacts/acts", {**join, "people": ["wmB"]})

    async def mirrored() -> bool:
        async with database_of(corp) as database:
            roster = await GroupStore(database).get(chat)
        return roster is not None and roster.name == "荔枝团" and len(roster.members) == 3

    await until(mirrored, "owner and both customers in the mirror")


async def test_a_picture_of_a_customer_is_kept(corp: World) -> None:
    await corp.sim("POST", "kefu/customers/wang/image", {})

    async def kept() -> bool:
        return [row.state for row in await rows(corp, media)] == ["kept"]

    await until(kept, "the picture to be kept")
    (row,) = await rows(corp, media)
    assert row.content_type.startswith("image/")
    assert len(list((corp.folder / "var" / "media").rglob("*"))) >= 1
