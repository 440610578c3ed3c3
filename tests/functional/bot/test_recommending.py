"""Whether customers recommend the shop: asked at the desk's end, answered in the chat, read on the page."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from escalation.satisfaction import RECOMMEND_ASKED
from handlers.rating import TOLD_ON, WHAT_IS_MISSING
from tests.functional.bot.hiring import hire
from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import conversation_of, hears
from tests.functional.console.serving import Visitor
from tests.functional.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"official": {"handoff": "desk"}, "desk": {"recommend_share": 1}}


async def test_a_number_a_reason_and_then_the_bot_as_ever(world: World) -> None:
    await hire(world, "lin", name="小林", roles=("agent", "supervisor"))
    lin = Visitor(world.bot_url)
    await lin.sign_in("lin")
    await lin.get("/console/desk")
    await lin.post("/console/desk/receiving", {"receiving": "no"})
    await world.says("wang", "转人工")
    path = f"/console/desk/{quote(await conversation_of(world, 'wang'), safe='')}"
    await lin.post(f"{path}/claim")
    before = len(await world.heard("wang"))
    await lin.post(f"{path}/say", {"text": "您好", "mark": "1"})
    await lin.post(f"{path}/end", {"ending": "solved"})
    assert (await hears(world, "wang", before + 2))[before:] == ["您好", RECOMMEND_ASKED]

    assert await world.says("wang", QUESTION) == right_answer(), "another question is answered first"
    assert await world.says("wang", "打6分") == WHAT_IS_MISSING
    assert await world.says("wang", "包装压坏了两次") == TOLD_ON
    assert await world.says("wang", QUESTION) == right_answer()

    shown = await lin.get("/console/levels?period=day")
    assert "1 位答了" in shown.text
    assert "-100" in shown.text
    said = await lin.get("/console/levels/comments?period=day&topic=包装")
    assert "包装压坏了两次" in said.text
    assert "推荐 6/10" in said.text
    assert path in said.text
    await lin.close()
