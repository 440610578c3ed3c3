"""A price is compared for an order that was paid, and no money is promised."""

import pytest

from conversations.conversation import Context
from conversations.errands import Errand, ErrandKind
from conversations.facts import Fact
from conversations.outcomes import Outcome
from handlers import price_protection
from mall.memory import MemoryMall
from mall.port import Order, OrderStatus
from tests.unit.handlers.orders import NUMBER, make_order
from tests.unit.handlers.turns import make_turn, only_text, run

BUSY = Context(offered=("a",), misses=2, last_entry="e")
NAMED = {"order_no": NUMBER}
ERRAND = (Errand(kind=ErrandKind.PRICE_PROTECTION, order_no=NUMBER),)


async def _asks(*orders: Order, entities: dict[str, str] | None = None) -> Outcome:
    turn = make_turn("降价了退差价", intent="price_protection", entities=entities, context=BUSY)
    return await run(price_protection.router(MemoryMall(orders)), turn)


@pytest.mark.parametrize("status", price_protection.PROTECTED)
async def test_the_mall_is_asked_and_no_money_promised(status: OrderStatus) -> None:
    outcome = await _asks(make_order(status), entities=NAMED)
    assert only_text(outcome) == price_protection.APPLIED.format(number=NUMBER)
    assert "核价后告诉您能不能退" in only_text(outcome)
    assert outcome.errands == ERRAND
    assert outcome.facts == (Fact(name="price_protection.applied", details={"status": status.value}),)


@pytest.mark.parametrize("status", set(OrderStatus) - set(price_protection.PROTECTED))
async def test_what_was_not_paid_or_is_over_is_refused(status: OrderStatus) -> None:
    outcome = await _asks(make_order(status), entities=NAMED)
    assert outcome.errands == ()
    assert NUMBER in only_text(outcome)
    assert outcome.facts == (Fact(name="price_protection.refused", details={"status": status.value}),)


async def test_the_only_paid_order_is_meant() -> None:
    outcome = await _asks(make_order(), make_order(OrderStatus.UNPAID, number="HY2"))
    assert outcome.errands == ERRAND


async def test_of_several_one_has_to_be_named() -> None:
    outcome = await _asks(make_order(), make_order(OrderStatus.DELIVERED, number="HY2"))
    assert [line.split()[0] for line in only_text(outcome).splitlines()[1:]] == [NUMBER, "HY2"]
    assert outcome.errands == ()
    assert outcome.context == Context(awaiting="price_protection", last_entry="e")


async def test_with_none_that_was_paid_another_number_is_waited_for() -> None:
    outcome = await _asks(make_order(OrderStatus.CLOSED))
    assert only_text(outcome) == price_protection.NONE_OF_THEM
    assert outcome.context == Context(awaiting="price_protection", last_entry="e")
