"""The ``Changes`` port: once for each key; and that the demo mall's books really change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from conversations.clock import ManualClock
from conversations.errands import Errand, ErrandKind
from conversations.errors import Permanent, Transient
from mall.demo import DemoMall, store, store_points
from mall.memory import MemoryMall
from mall.port import Item, Mall, Order, OrderStatus, Reward
from mall.unconnected import UnconnectedMall
from storage.database import Database
from storage.mall_schema import mall_changes
from storage.migrate import migrate
from storage.settings import DatabaseSettings

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
WANG, LI = "official:gh_shop:wang", "official:gh_shop:li"
NUMBER = "HY20261101001"
DELIVERED = Order(
    number=NUMBER,
    status=OrderStatus.DELIVERED,
    items=(Item("纯棉浴巾", 2),),
    total_fen=12980,
    placed_at=NOW - timedelta(days=5),
    delivered_at=NOW - timedelta(days=3),
    owner_ref=WANG,
)
REWARD = Reward(id="c10", name="10 元代金券", points=100)
RETURN = Errand(kind=ErrandKind.RETURN, order_no=NUMBER, details={"product": "纯棉浴巾", "reason": "不喜欢"})
REDEEM = Errand(kind=ErrandKind.REDEEM_POINTS, details={"reward": REWARD.name})


@pytest.fixture
async def mall(mall_url: str | None) -> AsyncIterator[Mall]:
    if mall_url is None:
        yield MemoryMall([DELIVERED], points={WANG: 250}, rewards=[REWARD])
        return
    database = Database(DatabaseSettings(url=mall_url))
    await migrate(database)
    await _fill(database)
    yield DemoMall(database, ManualClock(NOW))
    await database.close()


@pytest.fixture
async def demo(database: Database) -> DemoMall:
    await _fill(database)
    return DemoMall(database, ManualClock(NOW))


async def _fill(database: Database) -> None:
    async with database.writing() as connection:
        await store(connection, DELIVERED)
        await store_points(connection, {WANG: 250}, [REWARD])


async def test_the_same_key_gets_the_same_receipt(mall: Mall) -> None:
    first = await mall.carry_out(RETURN, key="k:errand:0", customer_ref=WANG)
    again = await mall.carry_out(RETURN, key="k:errand:0", customer_ref=WANG)
    assert first == again
    assert first.accepted
    assert first.reference


async def test_points_and_rewards_are_told(mall: Mall) -> None:
    assert await mall.balance(WANG) == 250
    assert await mall.balance(LI) is None
    assert await mall.rewards() == [REWARD]


async def test_a_return_makes_the_order_refunding_once(demo: DemoMall) -> None:
    receipts = [await demo.carry_out(RETURN, key=key, customer_ref=WANG) for key in ("a", "a", "b")]
    assert [receipt.accepted for receipt in receipts] == [True, True, False]
    assert str(receipts[0].reference) in receipts[0].text
    assert "已经在退款" in receipts[2].text
    order = await demo.find(NUMBER)
    assert order is not None
    assert order.status is OrderStatus.REFUNDING


async def test_points_are_taken_once_for_a_key_however_many_ask_at_once(demo: DemoMall) -> None:
    receipts = await asyncio.gather(
        *(demo.carry_out(REDEEM, key="same", customer_ref=WANG) for _ in range(5)),
        *(demo.carry_out(REDEEM, key=f"other{n}", customer_ref=WANG) for n in range(3)),
    )
    assert len({receipt.reference for receipt in receipts[:5]}) == 1
    assert len({receipt.reference for receipt in receipts if receipt.accepted}) == 2
    assert await demo.balance(WANG) == 50


async def test_a_declined_receipt_is_kept_too(demo: DemoMall) -> None:
    declined = await demo.carry_out(RETURN, key="k", customer_ref=LI)
    assert not declined.accepted
    assert "转人工" in declined.text
    assert await demo.carry_out(RETURN, key="k", customer_ref=LI) == declined


async def test_one_invoice_for_an_order(demo: DemoMall, database: Database) -> None:
    invoice = Errand(
        kind=ErrandKind.INVOICE, order_no=NUMBER, details={"title": "王小林", "title_kind": "个人"}
    )
    assert (await demo.carry_out(invoice, key="a", customer_ref=WANG)).accepted
    assert not (await demo.carry_out(invoice, key="b", customer_ref=WANG)).accepted
    async with database.reading() as connection:
        rows = (await connection.execute(mall_changes.select().order_by(mall_changes.c.id))).all()
    assert [(row.key, row.accepted) for row in rows] == [("a", 1), ("b", 0)]
    assert "王小林" in rows[0].details


async def test_malls_that_are_away_or_missing() -> None:
    away = MemoryMall([DELIVERED])
    away.away = True
    nowhere = Database(DatabaseSettings(url="postgresql+asyncpg://nobody@/none?host=/nonexistent/xiaoer"))
    try:
        for mall in (away, DemoMall(nowhere)):
            with pytest.raises(Transient):
                await mall.carry_out(RETURN, key="k", customer_ref=WANG)
            with pytest.raises(Transient):
                await mall.balance(WANG)
    finally:
        await nowhere.close()
    with pytest.raises(Permanent):
        await UnconnectedMall().carry_out(RETURN, key="k", customer_ref=WANG)
