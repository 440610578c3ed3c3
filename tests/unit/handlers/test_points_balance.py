"""A customer's own points, and what they are worth."""

import pytest

from conversations.conversation import Context
from conversations.facts import Fact
from handlers import points_balance
from mall.memory import MemoryMall
from mall.unconnected import UnconnectedMall
from tests.unit.handlers.turns import WANG, make_turn, only_text, run

BUSY = Context(offered=("a",), misses=2, last_entry="e")


@pytest.mark.parametrize(
    ("points", "piece"),
    [(1234, "有 1234 积分，能抵 123.40 元"), (10, "有 10 积分，能抵 1 元"), (1, "能抵 0.10 元")],
)
async def test_points_are_told_with_what_they_are_worth(points: int, piece: str) -> None:
    purse = MemoryMall(points={WANG.conversation_id: points, "official:gh_shop:li": 99999})
    outcome = await run(
        points_balance.router(purse), make_turn("我有多少积分", intent="points_balance", context=BUSY)
    )
    assert piece in only_text(outcome)
    assert outcome.context == Context(last_entry="e")
    assert outcome.facts == (Fact(name="points.told", details={"known": True}),)


async def test_no_points_are_no_fault() -> None:
    outcome = await run(
        points_balance.router(MemoryMall(points={WANG.conversation_id: 0})),
        make_turn("积分", intent="points_balance"),
    )
    assert only_text(outcome) == points_balance.NO_POINTS


async def test_who_is_not_known_is_shown_nobodys_points() -> None:
    outcome = await run(
        points_balance.router(MemoryMall(points={"official:gh_shop:li": 500})),
        make_turn("积分", intent="points_balance", entities={"phone": "139****5678"}),
    )
    assert only_text(outcome) == points_balance.NOT_KNOWN
    assert outcome.facts == (Fact(name="points.told", details={"known": False}),)


async def test_a_mall_that_is_away_is_admitted() -> None:
    mall = MemoryMall(points={WANG.conversation_id: 500})
    mall.away = True
    outcome = await run(points_balance.router(mall), make_turn("积分", intent="points_balance", context=BUSY))
    assert only_text(outcome) == points_balance.AWAY
    assert outcome.facts == (Fact(name="mall.away"),)
    assert outcome.context == Context(last_entry="e")


async def test_a_shop_without_a_mall_says_where_points_are_seen() -> None:
    outcome = await run(points_balance.router(UnconnectedMall()), make_turn("积分", intent="points_balance"))
    assert only_text(outcome) == points_balance.NOT_KNOWN
    assert outcome.facts == (Fact(name="mall.not_connected"),)
