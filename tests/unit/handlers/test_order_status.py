"""Who is told what about an order, and what is remembered."""

from datetime import timedelta

import pytest

from conversations.conversation import Context
from conversations.facts import Fact
from handlers import order_lookup, order_status
from handlers.order_texts import STATUS, goods, line_of, masked, moment, told_to_anybody, told_to_owner, yuan
from mall.memory import MemoryMall
from mall.port import Item, Order, OrderStatus
from tests.unit.handlers.turns import NOW, WANG, make_turn, only_text, run

BUSY = Context(offered=("a",), misses=2, last_entry="e")


def _order(**changes: object) -> Order:
    values: dict[str, object] = {
        "number": "HY20261101001",
        "status": OrderStatus.SHIPPED,
        "items": (Item("五常大米", 1),),
        "total_fen": 5900,
        "placed_at": NOW - timedelta(days=1),
        "shipped_at": NOW - timedelta(hours=4),
        "carrier": "顺丰速运",
        "tracking_no": "SF1450093827716",
        "owner_ref": WANG.conversation_id,
    }
    return Order(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("owner", ["official:gh_shop:li", None])
async def test_who_is_not_known_to_own_it_learns_neither_goods_nor_money(owner: str | None) -> None:
    turn = make_turn("x", intent="order_status", entities={"order_no": "HY20261101001"}, context=BUSY)
    outcome = await run(order_status.router(MemoryMall([_order(owner_ref=owner)])), turn)
    text = only_text(outcome)
    assert "HY20261101001" in text
    assert STATUS[OrderStatus.SHIPPED] in text
    assert "顺丰速运 SF****7716" in text
    for secret in ("五常大米", "59", "SF1450093827716", "11 月"):
        assert secret not in text
    assert outcome.context == Context(last_entry="e")
    assert outcome.facts == (Fact(name="order.told", details={"status": "shipped", "owner": False}),)


async def test_the_owner_learns_everything() -> None:
    turn = make_turn("x", intent="order_status", entities={"order_no": "HY20261101001"})
    outcome = await run(order_status.router(MemoryMall([_order()])), turn)
    for piece in (
        "HY20261101001",
        "五常大米×1",
        "59 元",
        "SF1450093827716",
        "11 月 2 日 12:00",
        "11 月 3 日 08:00",
    ):
        assert piece in only_text(outcome)
    assert outcome.facts == (Fact(name="order.told", details={"status": "shipped", "owner": True}),)


async def test_an_unknown_number_is_named_and_waited_for() -> None:
    turn = make_turn("x", intent="order_status", entities={"order_no": "HY00000000"}, context=BUSY)
    outcome = await run(order_status.router(MemoryMall()), turn)
    assert "HY00000000" in only_text(outcome)
    assert outcome.context == Context(awaiting="order_status", last_entry="e")
    assert outcome.facts == (Fact(name="order.unknown"),)


async def test_without_orders_and_number_it_asks() -> None:
    outcome = await run(order_status.router(MemoryMall()), make_turn("查订单", intent="order_status"))
    assert only_text(outcome) == order_status.ASK
    assert outcome.context == Context(awaiting="order_status")


async def test_a_mobile_number_is_no_order_number() -> None:
    turn = make_turn("x", intent="order_status", entities={"phone": "138****5678"})
    outcome = await run(order_status.router(MemoryMall()), turn)
    assert only_text(outcome) == order_lookup.NO_PHONE


async def test_only_the_latest_three_orders_are_listed() -> None:
    mall = MemoryMall([_order(number=f"HY2026110{n}", placed_at=NOW - timedelta(days=n)) for n in range(5)])
    outcome = await run(order_status.router(mall), make_turn("查订单", intent="order_status"))
    assert [line[:10] for line in only_text(outcome).splitlines()[1:-1]] == [
        "HY20261100",
        "HY20261101",
        "HY20261102",
    ]


@pytest.mark.parametrize("number", ["HY20261101001", None])
async def test_a_mall_that_is_away_is_admitted(number: str | None) -> None:
    mall = MemoryMall([_order()])
    mall.away = True
    entities = {"order_no": number} if number else {}
    outcome = await run(
        order_status.router(mall), make_turn("x", intent="order_status", entities=entities, context=BUSY)
    )
    assert "暂时查不了" in only_text(outcome)
    assert (number or "转人工") in only_text(outcome)
    assert outcome.context == Context(awaiting="order_status", last_entry="e")
    assert outcome.facts == (Fact(name="mall.away"),)


@pytest.mark.parametrize("status", list(OrderStatus))
def test_every_status_is_told_with_the_number(status: OrderStatus) -> None:
    order = _order(status=status, shipped_at=None, carrier=None, tracking_no=None)
    for text in (told_to_owner(order), told_to_anybody(order), line_of(order)):
        assert "HY20261101001" in text
        assert "None" not in text
        assert "快递：" not in text


def test_a_carrier_without_a_tracking_number_stands_alone() -> None:
    assert "快递：顺丰速运\n" in told_to_anybody(_order(tracking_no=None))
    assert told_to_owner(_order(tracking_no=None)).endswith("快递：顺丰速运")


@pytest.mark.parametrize(
    ("tracking_no", "shown"),
    [
        ("SF1450093827716", "SF****7716"),
        ("773350918264418", "****4418"),
        ("SF12345", ""),
        ("", ""),
        ("ABCDEF", ""),
    ],
)
def test_tracking_numbers_are_masked(tracking_no: str, shown: str) -> None:
    assert masked(tracking_no) == shown


@pytest.mark.parametrize(("fen", "text"), [(0, "0"), (5, "0.05"), (5900, "59"), (12980, "129.80")])
def test_money(fen: int, text: str) -> None:
    assert yuan(fen) == text


def test_times_are_chinese_times() -> None:
    assert moment(NOW.replace(hour=20)) == "11 月 4 日 04:00"


def test_many_goods_are_counted() -> None:
    assert goods(_order(items=tuple(Item(f"货{n}", n) for n in range(1, 5)))) == "货1×1、货2×2、货3×3 等 4 种"
