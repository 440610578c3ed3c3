"""What is not shipped is urged, once for a message; what is shipped is told."""

import pytest

from conversations.conversation import Context
from conversations.errands import Errand, ErrandKind
from conversations.facts import Fact
from conversations.outcomes import Outcome
from handlers import urge_delivery
from mall.memory import MemoryMall
from mall.port import Order, OrderStatus
from tests.unit.handlers.orders import NUMBER, make_order
from tests.unit.handlers.turns import make_turn, only_text, run

BUSY = Context(offered=("a",), misses=2, last_entry="e")
NAMED = {"order_no": NUMBER}
URGE = (Errand(kind=ErrandKind.URGE, order_no=NUMBER),)


async def _asks(*orders: Order, entities: dict[str, str] | None = None) -> Outcome:
    turn = make_turn("快点发货", intent="urge_delivery", entities=entities, context=BUSY)
    return await run(urge_delivery.router(MemoryMall(orders)), turn)


@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.PACKED])
@pytest.mark.parametrize("owner", ["official:gh_shop:wang", "official:gh_shop:li", None])
async def test_the_warehouse_is_urged(status: OrderStatus, owner: str | None) -> None:
    outcome = await _asks(make_order(status, owner_ref=owner), entities=NAMED)
    assert "已经帮您催了仓库" in only_text(outcome)
    assert outcome.errands == URGE
    assert outcome.context == Context(last_entry="e")


async def test_what_is_on_its_way_is_told_instead() -> None:
    outcome = await _asks(make_order(), entities=NAMED)
    assert "SF1450093827716" in only_text(outcome)
    assert only_text(outcome).endswith(urge_delivery.BY_COURIER)
    assert outcome.errands == ()
    assert outcome.facts == (Fact(name="delivery.urged", details={"status": "shipped", "owner": True}),)


@pytest.mark.parametrize("status", [OrderStatus.SHIPPED, OrderStatus.DELIVERED])
async def test_somebody_elses_parcel_is_not_shown(status: OrderStatus) -> None:
    text = only_text(await _asks(make_order(status, owner_ref=None), entities=NAMED))
    assert "SF****7716" in text
    assert "SF1450093827716" not in text


@pytest.mark.parametrize(
    ("status", "piece"),
    [
        (OrderStatus.UNPAID, "付好款仓库才会发"),
        (OrderStatus.DELIVERED, "已签收"),
        (OrderStatus.REFUNDING, "没有要发的货了"),
        (OrderStatus.REFUNDED, "没有要发的货了"),
        (OrderStatus.CLOSED, "没有要发的货了"),
    ],
)
async def test_what_will_not_be_shipped_is_not_urged(status: OrderStatus, piece: str) -> None:
    outcome = await _asks(make_order(status), entities=NAMED)
    assert piece in only_text(outcome)
    assert outcome.errands == ()


async def test_the_only_order_not_shipped_is_meant() -> None:
    outcome = await _asks(make_order(OrderStatus.PAID), make_order(number="HY2"))
    assert outcome.errands == URGE


async def test_the_only_order_there_is_is_meant() -> None:
    outcome = await _asks(make_order(OrderStatus.DELIVERED))
    assert "已签收" in only_text(outcome)
    assert outcome.errands == ()


async def test_of_several_not_shipped_one_has_to_be_named() -> None:
    outcome = await _asks(
        make_order(OrderStatus.PAID), make_order(OrderStatus.PACKED, number="HY2"), make_order(number="HY3")
    )
    lines = only_text(outcome).splitlines()
    assert [line.split()[0] for line in lines[1:]] == [NUMBER, "HY2"]
    assert outcome.errands == ()
    assert outcome.context == Context(awaiting="urge_delivery", last_entry="e")


async def test_when_nothing_is_to_come_another_number_is_waited_for() -> None:
    outcome = await _asks(make_order(OrderStatus.CLOSED), make_order(OrderStatus.DELIVERED, number="HY2"))
    assert only_text(outcome) == urge_delivery.NOTHING_TO_URGE
    assert outcome.context == Context(awaiting="urge_delivery", last_entry="e")
