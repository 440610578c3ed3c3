"""The ``Orders`` port: the same for the mall in memory and the demo mall on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conversations.errors import Transient
from mall.demo import DemoMall, store
from mall.memory import MemoryMall
from mall.port import Item, Order, Orders, OrderStatus
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings

PLACED = datetime(2026, 11, 1, 8, 30, 15, tzinfo=UTC)
SHIPPED = Order(
    number="HY20261101001",
    status=OrderStatus.SHIPPED,
    items=(Item("五常大米", 1), Item("抽纸", 2)),
    total_fen=12980,
    placed_at=PLACED,
    shipped_at=PLACED + timedelta(hours=5),
    carrier="顺丰速运",
    tracking_no="SF1450093827716",
    owner_ref="official:gh_shop:wang",
)
UNPAID = Order(
    number="HY20261101002",
    status=OrderStatus.UNPAID,
    items=(Item("赣南脐橙", 1),),
    total_fen=6990,
    placed_at=PLACED + timedelta(days=1),
)
LATER = replace(
    SHIPPED,
    number="HY20261101003",
    status=OrderStatus.DELIVERED,
    placed_at=PLACED + timedelta(days=2),
    delivered_at=PLACED + timedelta(days=4),
)
SAME_TIME = replace(SHIPPED, number="HY20261101004")
LIS = replace(SHIPPED, number="HY20261101005", owner_ref="official:gh_shop:li")
ALL = (SHIPPED, UNPAID, LATER, SAME_TIME, LIS)


@pytest.fixture
async def mall(mall_url: str | None) -> AsyncIterator[Orders]:
    if mall_url is None:
        yield MemoryMall(ALL)
        return
    database = Database(DatabaseSettings(url=mall_url))
    await migrate(database)
    async with database.writing() as connection:
        for order in ALL:
            await store(connection, order)
    yield DemoMall(database)
    await database.close()


@pytest.mark.parametrize("order", ALL, ids=lambda order: order.number)
async def test_an_order_is_found_as_it_was(order: Order, mall: Orders) -> None:
    assert await mall.find(order.number) == order


@pytest.mark.parametrize(
    "number", ["HY20261101999", "", "hy20261101001", "HY2026110100%", "'; DROP TABLE x;--"]
)
async def test_an_unknown_number_finds_nothing(number: str, mall: Orders) -> None:
    assert await mall.find(number) is None


async def test_recent_orders_are_the_customers_own_latest_first(mall: Orders) -> None:
    assert await mall.recent("official:gh_shop:wang", 10) == [LATER, SAME_TIME, SHIPPED]
    assert await mall.recent("official:gh_shop:wang", 2) == [LATER, SAME_TIME]
    assert await mall.recent("official:gh_shop:li", 10) == [LIS]


@pytest.mark.parametrize("customer", ["official:gh_shop:nobody", "", "None"])
async def test_who_has_no_orders_is_shown_none(customer: str, mall: Orders) -> None:
    assert await mall.recent(customer, 10) == []


async def test_a_memory_mall_that_is_away_is_transient() -> None:
    mall = MemoryMall(ALL)
    mall.away = True
    await _is_away(mall)


async def test_a_demo_mall_without_its_database_is_transient() -> None:
    nowhere = Database(DatabaseSettings(url="postgresql+asyncpg://nobody@/none?host=/nonexistent/xiaoer"))
    try:
        await _is_away(DemoMall(nowhere))
    finally:
        await nowhere.close()


async def _is_away(mall: Orders) -> None:
    with pytest.raises(Transient):
        await mall.find("HY20261101001")
    with pytest.raises(Transient):
        await mall.recent("official:gh_shop:wang", 3)
