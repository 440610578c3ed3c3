"""The other ways in which the platform may speak with us: plain, compat, JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.functional.bot.shop import QUESTION, right_answer
from tests.functional.bot.watching import drained, lines, violations
from tests.functional.world import World
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    mode: str
    format: str


WAYS = (Way(mode="plain", format="xml"), Way(mode="compat", format="xml"), Way(mode="secure", format="json"))


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=WAYS, ids=lambda way: f"{way.mode}-{way.format}"
)
async def world(
    request: pytest.FixtureRequest, example_knowledge: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    way: Way = request.param
    async with World(
        folder=tmp_path_factory.mktemp("world"),
        knowledge_base=example_knowledge,
        settings={"official": {"mode": way.mode}},
        simulator_options=("--mode", way.mode, "--format", way.format),
    ) as running:
        await running.start_bot()
        yield running


async def test_questions_commands_and_events_work_the_same(world: World) -> None:
    assert (await world.sim("POST", "verify"))["ok"] is True
    assert await world.says("wang", QUESTION) == right_answer()
    assert "客服" in str(await world.says("wang", "转人工"))
    asked = await world.sim(
        "POST", f"shoppers/wang/click?wait=answer&timeout={PATIENCE}", {"key": f"faq:{QUESTION}"}
    )
    assert asked["heard"]["content"]["text"] == right_answer()
    await world.sim("POST", "shoppers/wang/unfollow", {})
    await drained(world)
    assert [line["route"] for line in await lines(world, "wang")] == ["passive"] * 3
    assert await violations(world) == {}


async def test_signs_that_markup_is_made_of_come_back_as_they_are(world: World) -> None:
    number = "HY20991231999"
    said = str(await world.says("li", f"订单{number} ]]> <b>&amp;\"' 😀 到哪了"))
    assert number in said
    assert await violations(world) == {}
