"""转人工 in a 公众号 with ``handoff: native``: its own agents get the session, or the customer an honest promise."""

from __future__ import annotations

import pytest

from handlers.hand_over import CONNECTING
from storage.schema import cases, conversations
from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import conversation_of, rows, until, violations
from tests.functional.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"official": {"handoff": "native"}}


async def test_with_no_agent_on_line_the_bot_promises_and_stays(world: World) -> None:
    await world.sim("PUT", "agents/mei@shop", {"online": False})
    promise = str(await world.says("wang", "转人工"))
    assert "记下来" in promise
    (row,) = await rows(world, conversations, id=await conversation_of(world, "wang"))
    assert row.owner == "bot"
    assert len(await rows(world, cases, conversation_id=await conversation_of(world, "wang"))) == 1
    assert await world.says("wang", QUESTION) == right_answer()


async def test_an_agent_on_line_gets_the_session_and_the_bot_keeps_quiet(world: World) -> None:
    await world.sim("PUT", "agents/mei@shop", {"nickname": "小美", "online": True})
    assert await world.says("li", "转人工") == CONNECTING

    async def owned() -> bool:
        (row,) = await rows(world, conversations, id=await conversation_of(world, "li"))
        return (row.owner, row.agent) == ("agent", "mei@shop")

    await until(owned, "the agent to own the conversation")
    assert await violations(world) == {}
