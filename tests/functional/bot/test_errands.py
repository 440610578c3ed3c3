"""What a customer asks of the shop's own system, from their words to the notice on their phone."""

from __future__ import annotations

import pytest

from conversations.clock import SystemClock
from mall.demo import seed
from storage.errands_schema import errands
from storage.mall_schema import mall_changes
from tests.functional.bot.watching import conversation_of, database_of, drained, hears, rows, violations
from tests.functional.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER = "HY20261101002"


async def test_an_errand_is_carried_out_once_and_its_outcome_told(world: World) -> None:
    await world.says("owner", "你好")
    async with database_of(world) as database:
        await seed(database, SystemClock(), {"first": await conversation_of(world, "owner")})

    await world.says("owner", f"订单{NUMBER}快点给我发货")
    greeted, promised, told = await hears(world, "owner", 3)
    assert NUMBER in promised
    assert "优先发出" in told
    assert told != promised
    await drained(world)

    (errand,) = await rows(world, errands)
    assert (errand.kind, errand.order_no, errand.state) == ("urge", NUMBER, "done")
    assert [row.key for row in await rows(world, mall_changes)] == [errand.key]
    assert await hears(world, "owner", 3) == [greeted, promised, told]
    async with world.session.get(f"{world.bot_url}/metrics") as response:
        counted = await response.text()
    assert 'xiaoer_errands_total{result="done"} 1.0' in counted
    assert 'xiaoer_dead{box="errands"} 0.0' in counted
    assert 'xiaoer_waiting{box="errands"} 0.0' in counted
    assert await violations(world) == {}
