"""A customer's own points, and what they are worth."""

import pytest

from conversations.conversation import Context
from conversations.errors import Permanent, Transient
from conversations.facts import Fact
from handlers import points_balance
from tests.unit.handlers.turns import WANG, make_turn, only_text, run

BUSY = Context(offered=("a",), misses=2, last_entry="e")


class Purse:
    """Points by customer; raises ``trouble`` when it is given."""

    def __init__(self, points: dict[str, int], trouble: Exception | None = None) -> None:
        self._points = points
        self._trouble = trouble

    async def balance(self, customer_ref: str) -> int | None:
        if self._trouble is not None:
            raise self._trouble
        return self._points.get(customer_ref)


@pytest.mark.parametrize(
    ("points", "piece"),
    [(1234, "有 1234 积分，能抵 123.40 元"), (10, "有 10 积分，能抵 1 元"), (1, "能抵 0.10 元")],
)
async def test_points_are_told_with_what_they_are_worth(points: int, piece: str) -> None:
    purse = Purse({WANG.conversation_id: points, "official:gh_shop:li": 99999})
    outcome = await run(
        points_balance.router(purse), make_turn("我有多少积分", intent="points_balance", context=BUSY)
    )
    assert piece in only_text(outcome)
    assert outcome.context == Context(last_entry="e")
    assert outcome.facts == (Fact(name="points.told", details={"known": True}),)


async def test_no_points_are_no_fault() -> None:
    outcome = await run(
        points_balance.router(Purse({WANG.conversation_id: 0})), make_turn("积分", intent="points_balance")
    )
    assert only_text(outcome) == points_balance.NO_POINTS


async def test_who_is_not_known_is_shown_nobodys_points() -> None:
    outcome = await run(
        points_balance.router(Purse({"official:gh_shop:li": 500})),
        make_turn("积分", intent="points_balance", entities={"phone": "139****5678"}),
    )
    assert only_text(outcome) == points_balance.NOT_KNOWN
    assert outcome.facts == (Fact(name="points.told", details={"known": False}),)


@pytest.mark.parametrize(
    ("trouble", "text", "fact"),
    [
        (Transient(), points_balance.AWAY, "mall.away"),
        (Permanent(), points_balance.NOT_KNOWN, "mall.not_connected"),
    ],
)
async def test_a_mall_that_is_away_or_missing_is_admitted(trouble: Exception, text: str, fact: str) -> None:
    outcome = await run(
        points_balance.router(Purse({}, trouble)), make_turn("积分", intent="points_balance", context=BUSY)
    )
    assert only_text(outcome) == text
    assert outcome.facts == (Fact(name=fact),)
    assert outcome.context == Context(last_entry="e")
