"""Where the money is: by number, or among the customer's own orders."""

import pytest

from conversations.conversation import Context
from conversations.facts import Fact
from conversations.outcomes import Outcome
from handlers import refund_progress
from mall.memory import MemoryMall
from mall.port import Order, OrderStatus
from tests.unit.handlers.orders import NUMBER, make_order
from tests.unit.handlers.turns import make_turn, only_text, run

BUSY = Context(offered=("a",), misses=2, last_entry="e")
NAMED = {"order_no": NUMBER}


async def _asks(*orders: Order, entities: dict[str, str] | None = None) -> Outcome:
    turn = make_turn("退款到哪了", intent="refund_progress", entities=entities, context=BUSY)
    return await run(refund_progress.router(MemoryMall(orders)), turn)


@pytest.mark.parametrize(
    ("status", "text"),
    [(OrderStatus.REFUNDING, refund_progress.UNDER_WAY), (OrderStatus.REFUNDED, refund_progress.DONE)],
)
@pytest.mark.parametrize("owner", ["official:gh_shop:wang", None])
async def test_a_refund_is_told_by_number(status: OrderStatus, text: str, owner: str | None) -> None:
    outcome = await _asks(make_order(status, owner_ref=owner), entities=NAMED)
    assert only_text(outcome) == text.format(number=NUMBER)
    assert "原路退回，一般 1–7 天到账" in only_text(outcome)
    assert outcome.context == Context(last_entry="e")
    assert outcome.facts == (Fact(name="refund.told", details={"status": status.value}),)


@pytest.mark.parametrize(
    ("status", "way"),
    [
        (OrderStatus.UNPAID, ""),
        (OrderStatus.PAID, refund_progress.CAN_CANCEL),
        (OrderStatus.PACKED, refund_progress.CAN_CANCEL),
        (OrderStatus.SHIPPED, refund_progress.CAN_RETURN),
        (OrderStatus.DELIVERED, refund_progress.CAN_RETURN),
        (OrderStatus.CLOSED, ""),
    ],
)
async def test_an_order_without_a_refund_says_so_and_how_to_get_one(status: OrderStatus, way: str) -> None:
    text = only_text(await _asks(make_order(status), entities=NAMED))
    assert "现在没有退款在办" in text
    assert text.endswith(f"。{way}")


async def test_without_a_number_every_refund_of_theirs_is_told() -> None:
    outcome = await _asks(
        make_order(),
        make_order(OrderStatus.REFUNDING, number="HY2"),
        make_order(OrderStatus.REFUNDED, number="HY3"),
        make_order(OrderStatus.REFUNDED, number="HY4", owner_ref="official:gh_shop:li"),
    )
    lines = only_text(outcome).splitlines()
    assert [line.split()[1] for line in lines] == ["HY3", "HY2"]
    assert len(outcome.facts) == 2


async def test_where_none_is_found_a_number_is_asked_for() -> None:
    outcome = await _asks(make_order())
    assert only_text(outcome) == refund_progress.NO_REFUND_FOUND
    assert outcome.context == Context(awaiting="refund_progress", last_entry="e")
    assert outcome.facts == (Fact(name="refund.none_found"),)


async def test_without_orders_a_number_is_asked_for() -> None:
    assert only_text(await _asks()) == refund_progress.ASK
