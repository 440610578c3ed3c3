"""Tags in step with WeCom in the running program: a colleague's tag comes in, and a rule's tag goes out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from customers.events.event import CustomerEvent, EventKind
from customers.events.intake import EventIntake
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.store import IdentityStore
from storage.customers_tags_schema import wecom_tags
from storage.times import from_ms, now_ms
from tests.functional.bot.watching import database_of, rows, until, violations
from tests.functional.world import World

GROUP = "规则标签"


@pytest.fixture
async def corp(example_knowledge: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with World(folder=tmp_path, knowledge_base=example_knowledge, corp=True) as running:
        running.settings = {"wecom": {"customer_tags": True, "tag_group": GROUP}}
        running.write_config()
        await running.start_bot()
        yield running


async def act(world: World, what: str, **data: object) -> Any:
    answer = await world.sim("POST", "contacts/acts", {"act": what, **data})
    return answer["results"][0]


async def test_tags_go_both_ways(corp: World) -> None:
    lan = corp.servicers[0]
    customer = str((await act(corp, "add", userid=lan))["external_userid"])
    (sweet,) = (await act(corp, "tag-create", group_name="喜好", tags=["甜"]))["tag_ids"]
    await act(corp, "tag", userid=lan, external_userid=customer, add_tag=[sweet])

    async def came_in() -> bool:
        return [(row.tag, row.from_people) for row in await rows(corp, wecom_tags)] == [("甜", 1)]

    await until(came_in, "the colleague's tag to come in")
    who = (Identifier(IdentifierKind.EXTERNAL_USERID, customer),)
    visit = CustomerEvent(
        source="mall", event_id="v1", kind=EventKind.STORE_VISIT, at=from_ms(now_ms()), who=who
    )
    async with database_of(corp) as database, database.writing() as connection:
        await EventIntake(IdentityStore(None)).take(connection, [visit], now_ms())

    async def went_out() -> bool:
        state = await corp.sim("GET", "contacts")
        names = {
            tag["id"]: f"{group['group_name']}/{tag['name']}"
            for group in state["tags"]
            for tag in group["tag"]
        }
        return {names[tag] for tag in state["follows"][0]["tag_ids"]} == {"喜好/甜", f"{GROUP}/到店顾客"}

    await until(went_out, "the rule's tag to stand in WeCom")
    assert await violations(corp) == {}
