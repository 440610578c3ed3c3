"""Customers are known the moment they write: what the shop's system tells, over HTTP, to the running bot, once."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from customers.events.client import EventClient
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.store import IdentityStore
from customers.profile.profile import Profile, Segment
from customers.profile.store import ProfileStore
from storage.customers_schema import events
from storage.schema import cases
from tests.functional.bot.watching import database_of, rows, rows_of, until
from tests.functional.world import ROOT, World

SECRET = "m" * 32
ENVIRONMENT = {"XIAOER_CUSTOMERS__EVENTS__SECRETS": json.dumps({"mall": SECRET})}
NONSENSE = ("量子纠缠怎么解释", "帮我写一首十四行诗", "今天的股票走势")


async def openid_of(world: World, shopper: str) -> str:
    return f"gh_demo:{(await world.sim('GET', f'shoppers/{shopper}'))['openid']}"


def bought_often(openid: str) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    who = {"mall_id": "M7", "openid": openid}
    paid = [
        {
            "id": f"p{number}",
            "kind": "pay",
            "at": (now - timedelta(days=20 * number + 1)).isoformat(),
            "who": who,
            "order_no": f"o{number}",
            "amount_fen": 21_200,
        }
        for number in range(5)
    ]
    return [*paid, {"id": "s", "kind": "share", "at": now.isoformat(), "who": {"mall_id": "M7"}}]


async def profile_of(world: World, openid: str) -> Profile | None:
    async with database_of(world) as database:
        return await ProfileStore(database, IdentityStore(None)).of(Identifier(IdentifierKind.OPENID, openid))


async def test_a_customer_of_high_value_is_known_and_brought_to_people_sooner(fresh_world: World) -> None:
    world = fresh_world
    await world.start_bot(environment=ENVIRONMENT)
    for shopper in ("lin", "wu"):
        assert await world.says(shopper, "你好")
    openid = await openid_of(world, "lin")
    client = EventClient(world.session, world.bot_url, "mall", SECRET)
    told = bought_often(openid)
    first = await client.send(told[:4])
    await world.kill_bot()
    await world.start_bot(environment=ENVIRONMENT)
    again = await client.send(told)
    assert (first.taken, again.taken, again.known) == (4, 2, 4)

    async def is_high_value() -> bool:
        profile = await profile_of(world, openid)
        return profile is not None and profile.segment is Segment.HIGH_VALUE

    await until(is_high_value, "the segment of somebody who bought five times and shared")
    shown = await show(world, f"openid:{openid}")
    assert {"name": "高净值", "reason": "复购 4 次，客单价 ¥212（前 20%），主动分享 1 次"} in shown[
        "profile"
    ]["tags"]
    kinds = [row.kind for row in await rows(world, events, source="xiaoer")]
    assert kinds.count("message") == 2, "what Xiaoer saw itself"

    for text in NONSENSE[:2]:
        for shopper in ("lin", "wu"):
            await world.says(shopper, text)
    assert len(await rows_of(world, cases, "lin")) == 1
    assert await rows_of(world, cases, "wu") == []


async def show(world: World, identifier: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "bot",
            "customers",
            "show",
            identifier,
            "--config",
            str(world.config),
            "--json",
        ),
        cwd=ROOT,
        env=world.environment,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    shown: dict[str, Any] = json.loads(output)
    return shown


async def test_without_a_secret_nobody_tells_events(fresh_world: World) -> None:
    await fresh_world.start_bot()
    for path in ("events", "openapi.json"):
        async with fresh_world.session.post(f"{fresh_world.bot_url}/api/v1/{path}") as response:
            assert response.status == 404
