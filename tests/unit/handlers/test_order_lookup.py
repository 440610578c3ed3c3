"""Which order is meant, and what is said when there is none; the same for every handler that asks about orders."""

from datetime import UTC, datetime, timedelta

import pytest

from conversations.conversation import Context
from conversations.facts import Fact
from handlers.order_lookup import (
    AWAY,
    AWAY_NO_NUMBER,
    NO_PHONE,
    NOT_CONNECTED,
    UNKNOWN,
    Looked,
    Missing,
    Named,
    Own,
    look_up,
)
from mall.memory import MemoryMall
from mall.port import Item, Order, Orders
from mall.unconnected import UnconnectedMall
from tests.unit.handlers.orders import NUMBER, make_order
from tests.unit.handlers.turns import make_turn, only_text

JUST_AFTER_MIDNIGHT = datetime(2026, 11, 1, 16, 30, tzinfo=UTC)
RICE = make_order(
    number="HY1",
    items=(Item("五常大米 10斤", 1),),
    placed_at=JUST_AFTER_MIDNIGHT - timedelta(hours=1),
)
TISSUE = make_order(
    number="HY2",
    items=(Item("原生木浆抽纸 24包", 2), Item("山西老陈醋", 1)),
    placed_at=JUST_AFTER_MIDNIGHT,
)
BUSY = Context(offered=("a",), misses=2, last_entry="e")
WAITING = Context(awaiting="logistics", last_entry="e")


async def _look(orders: Orders, **entities: str) -> Looked:
    turn = make_turn("x", entities=entities, context=BUSY)
    return await look_up(turn, orders, intent="logistics", ask="哪一单？", most=2)


@pytest.mark.parametrize(
    ("owner", "owned"), [("official:gh_shop:wang", True), ("official:gh_shop:li", False), (None, False)]
)
async def test_a_number_names_an_order_and_proves_nothing(owner: str | None, owned: bool) -> None:
    order = make_order(owner_ref=owner)
    assert await _look(MemoryMall([order]), order_no=NUMBER) == Named(order=order, owned=owned)


@pytest.mark.parametrize(
    ("entities", "meant"),
    [
        ({}, (TISSUE, RICE)),
        ({"product": "大米"}, (RICE,)),
        ({"product": "老陈醋"}, (TISSUE,)),
        ({"product": "大闸蟹"}, (TISSUE, RICE)),
        ({"ordered_on": "2026-11-02"}, (TISSUE,)),
        ({"ordered_on": "2026-11-01"}, (RICE,)),
        ({"ordered_on": "2026-10-01"}, (TISSUE, RICE)),
        ({"product": "大米", "ordered_on": "2026-11-02"}, (RICE,)),
        ({"product": "大闸蟹", "ordered_on": "2026-11-02"}, (TISSUE,)),
    ],
)
async def test_goods_and_the_day_narrow_the_customers_own_orders(
    entities: dict[str, str], meant: tuple[Order, ...]
) -> None:
    assert await _look(MemoryMall([RICE, TISSUE]), **entities) == Own(orders=meant)


async def test_orders_of_others_are_nobodys_choice() -> None:
    looked = await _look(MemoryMall([make_order(owner_ref="official:gh_shop:li")]))
    assert isinstance(looked, Missing)
    assert only_text(looked.outcome) == "哪一单？"
    assert looked.outcome.context == WAITING


@pytest.mark.parametrize(
    ("entities", "away", "text", "facts"),
    [
        ({"order_no": NUMBER}, False, UNKNOWN.format(number=NUMBER), (Fact(name="order.unknown"),)),
        ({"order_no": NUMBER}, True, AWAY.format(number=NUMBER), (Fact(name="mall.away"),)),
        ({}, True, AWAY_NO_NUMBER, (Fact(name="mall.away"),)),
        ({"phone": "138****5678"}, False, NO_PHONE, ()),
    ],
)
async def test_what_is_missing_is_said_and_a_number_waited_for(
    entities: dict[str, str], away: bool, text: str, facts: tuple[Fact, ...]
) -> None:
    mall = MemoryMall()
    mall.away = away
    looked = await _look(mall, **entities)
    assert isinstance(looked, Missing)
    assert only_text(looked.outcome) == text
    assert looked.outcome.context == WAITING
    assert looked.outcome.facts == facts


@pytest.mark.parametrize("entities", [{}, {"order_no": NUMBER}])
async def test_a_shop_without_a_mall_says_where_else(entities: dict[str, str]) -> None:
    looked = await _look(UnconnectedMall(), **entities)
    assert isinstance(looked, Missing)
    assert only_text(looked.outcome) == NOT_CONNECTED
    assert looked.outcome.context == Context(last_entry="e")
    assert looked.outcome.facts == (Fact(name="mall.not_connected"),)
