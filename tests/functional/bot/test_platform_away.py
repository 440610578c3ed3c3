"""A platform that nobody answers at: refused connections cost time, never a message and never a slot."""

from __future__ import annotations

from storage.schema import deliveries, outbox
from tests.functional.bot.gate import Gate
from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import drained, hears, rows, until
from tests.functional.world import World

NO_WAITING = {"inbox": {"passive_wait_seconds": 0}}


async def test_an_answer_waits_until_the_platform_is_back(fresh_world: World) -> None:
    world = fresh_world
    gate = Gate(world.simulator_url)
    world.settings = {**NO_WAITING, "official": {"api_base": gate.url}}
    world.write_config()
    await world.start_bot()
    try:
        await world.says("wang", QUESTION, wait=False)

        async def refused() -> bool:
            return len(await rows(world, deliveries, outcome="not_sent")) >= 2

        await until(refused, "two attempts that nobody took")
        assert [row.state for row in await rows(world, outbox)] == ["pending"]
        await gate.open()
        assert await hears(world, "wang", 1) == [right_answer()]
        await drained(world)

        await gate.shut()
        await world.says("wang", QUESTION, wait=False)
        await until(lambda: _attempts(world, 1), "an attempt while it is away again")
        await gate.open()
        assert await hears(world, "wang", 2) == [right_answer()] * 2
        assert (await world.sim("GET", "shoppers/wang"))["quota_left"] == 4
    finally:
        await gate.shut()


async def _attempts(world: World, count: int) -> bool:
    last = (await rows(world, outbox))[-1]
    return len(await rows(world, deliveries, outbox_id=last.id)) >= count


async def test_passive_answers_need_no_platform_to_call(fresh_world: World) -> None:
    world = fresh_world
    world.settings = {"official": {"api_base": Gate(world.simulator_url).url}}
    world.write_config()
    await world.start_bot()
    assert await world.says("wang", QUESTION) == right_answer()
