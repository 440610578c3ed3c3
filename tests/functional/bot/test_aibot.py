"""The 智能机器人 with a real bot, by callbacks and over the long connection: members look answers up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import until, violations
from tests.functional.world import World


async def hears(world: World, room: str, words: str) -> None:
    async def said() -> bool:
        return words in str(await transcript(world, room))

    await until(said, f"{words!r} in {room}")


async def transcript(world: World, room: str) -> Any:
    return await world.sim("GET", f"aibot/rooms/{room}/transcript")


@pytest.mark.parametrize("mode", ["callback", "connection"])
async def test_members_are_answered_alone_and_in_a_group(
    mode: str, example_knowledge: Path, tmp_path: Path
) -> None:
    world = World(folder=tmp_path, knowledge_base=example_knowledge, corp=True, aibot=mode)
    async with world:
        await world.start_bot()
        await connected(world, mode)
        await world.sim("POST", "aibot/people/zhangsan/enter", {})
        await world.sim("POST", "aibot/rooms/zhangsan/say", {"text": QUESTION})
        await hears(world, "zhangsan", right_answer())
        await world.sim("PUT", "aibot/groups/staff", {"name": "客服组", "members": ["zhangsan", "lisi"]})
        await world.sim("POST", "aibot/rooms/staff/say", {"user": "lisi", "text": "帮助"})
        await hears(world, "staff", "待处理")
        assert await violations(world) == {}


async def connected(world: World, mode: str) -> None:
    """In connection mode the bot must have subscribed before anybody can be heard."""
    if mode == "callback":
        return

    async def there() -> bool:
        return "aibot.connected" in world.log()

    await until(there, "the connection")
