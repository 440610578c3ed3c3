"""Where a parcel is, to its owner and to anybody else."""

from datetime import timedelta

import pytest

from conversations.conversation import Context
from conversations.facts import Fact
from conversations.outcomes import Outcome
from handlers import logistics
from handlers.order_texts import STATUS
from mall.memory import MemoryMall
from mall.port import Order, OrderStatus
from tests.unit.handlers.orders import NUMBER, make_order
from tests.unit.handlers.turns import NOW, make_turn, only_text, run

BUSY = Context(offered=("a",), misses=2, last_entry="e")
NAMED = {"order_no": NUMBER}


async def _asks(*orders: Order, entities: dict[str, str] | None = None) -> Outcome:
    turn = make_turn("快递到哪了", intent="logistics", entities=entities, context=BUSY)
    return await run(logistics.router(MemoryMall(orders)), turn)


async def test_the_owner_hears_carrier_whole_number_and_since_when() -> None:
    outcome = await _asks(make_order(), entities=NAMED)
    assert only_text(outcome) == (
        f"订单 {NUMBER}：11 月 1 日 11:00 发出，在路上 2 天了。\n快递：顺丰速运 SF1450093827716\n"
        f"{logistics.TRACK}"
    )
    assert outcome.context == Context(last_entry="e")
    assert outcome.facts == (Fact(name="logistics.told", details={"status": "shipped", "owner": True}),)


@pytest.mark.parametrize("owner", ["official:gh_shop:li", None])
async def test_anybody_else_hears_status_and_the_end_of_the_number(owner: str | None) -> None:
    text = only_text(await _asks(make_order(owner_ref=owner), entities=NAMED))
    assert "顺丰速运 SF****7716" in text
    for secret in ("SF1450093827716", "大米", "11 月", "59"):
        assert secret not in text


@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.PACKED])
async def test_what_is_not_shipped_can_be_urged(status: OrderStatus) -> None:
    text = only_text(await _asks(make_order(status), entities=NAMED))
    assert STATUS[status] in text
    assert "催发货" in text


@pytest.mark.parametrize(
    "status", [OrderStatus.UNPAID, OrderStatus.CLOSED, OrderStatus.REFUNDING, OrderStatus.REFUNDED]
)
async def test_what_does_not_come_is_not_called_on_its_way(status: OrderStatus) -> None:
    text = only_text(await _asks(make_order(status), entities=NAMED))
    assert text == logistics.NOTHING_COMES.format(number=NUMBER, status=STATUS[status])


async def test_what_has_arrived_is_told_with_what_to_do_when_it_is_not_there() -> None:
    text = only_text(await _asks(make_order(OrderStatus.DELIVERED), entities=NAMED))
    assert text.splitlines() == [
        f"订单 {NUMBER}：已签收。",
        "快递：顺丰速运 SF1450093827716",
        logistics.NOT_FOUND_AT_HOME,
    ]


async def test_when_it_arrived_is_told_where_it_is_known() -> None:
    order = make_order(OrderStatus.DELIVERED, delivered_at=NOW - timedelta(hours=2))
    text = only_text(await _asks(order, entities=NAMED))
    assert text.startswith(f"订单 {NUMBER}：11 月 3 日 10:00 已签收。")


async def test_a_parcel_of_which_little_is_known_yet() -> None:
    text = only_text(await _asks(make_order(shipped_at=None, carrier=None), entities=NAMED))
    assert text.splitlines() == [f"订单 {NUMBER}：已发货，在路上了。", logistics.NO_CARRIER, logistics.TRACK]


async def test_the_only_parcel_on_its_way_is_told_without_asking() -> None:
    outcome = await _asks(make_order(), make_order(OrderStatus.PAID, number="HY2"))
    assert "SF1450093827716" in only_text(outcome)
    assert outcome.context == Context(last_entry="e")


async def test_of_several_parcels_it_lists_those_on_their_way() -> None:
    outcome = await _asks(
        make_order(), make_order(number="HY2"), make_order(OrderStatus.DELIVERED, number="HY3")
    )
    lines = only_text(outcome).splitlines()
    assert lines[0] == "您在路上的包裹："
    assert [line.split()[0] for line in lines[1:-1]] == [NUMBER, "HY2"]
    assert outcome.context == Context(awaiting="logistics", last_entry="e")


async def test_with_no_parcel_on_its_way_it_says_so() -> None:
    outcome = await _asks(make_order(OrderStatus.PAID), make_order(OrderStatus.DELIVERED, number="HY2"))
    assert only_text(outcome).startswith("您现在没有在路上的包裹")
    assert outcome.context == Context(awaiting="logistics", last_entry="e")


async def test_without_orders_it_asks_for_the_number() -> None:
    outcome = await _asks()
    assert only_text(outcome) == logistics.ASK
    assert outcome.context == Context(awaiting="logistics", last_entry="e")


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (timedelta(minutes=59), "不到 1 小时"),
        (timedelta(hours=1), " 1 小时"),
        (timedelta(hours=23, minutes=59), " 23 小时"),
        (timedelta(hours=24), " 1 天"),
        (timedelta(days=9, hours=23), " 9 天"),
    ],
)
def test_how_long(time: timedelta, text: str) -> None:
    assert logistics.lasting(time) == text


def test_a_parcel_sent_later_than_now_by_the_malls_clock_is_young() -> None:
    assert "在路上不到 1 小时了" in logistics.parcel_text(
        make_order(shipped_at=NOW + timedelta(minutes=2)), NOW
    )
