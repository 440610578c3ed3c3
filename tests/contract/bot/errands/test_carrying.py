"""The loop: what the mall answers is told; a mall that is away, missing or broken loses nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.errands.store import ErrandStore
from bot.wakeups import Work
from conversations.clock import ManualClock
from conversations.errands import Errand, ErrandKind
from mall.demo import DemoMall, store_points
from mall.demo import store as store_order
from mall.memory import DONE, MemoryMall
from mall.port import Item, Order, OrderStatus, Receipt, Reward
from mall.unconnected import UnconnectedMall
from storage.errands_schema import errands
from storage.schema import cases, outbox
from tests.contract.bot.engine import Engine
from tests.contract.bot.errands.shop import WANG, asks, cancel, carry_out_all, lapse

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
COUPON = Reward(id="c10", name="10 元代金券", points=100)
REDEEM = Errand(kind=ErrandKind.REDEEM_POINTS, details={"reward": COUPON.name})


@pytest.fixture
def store(engine: Engine) -> ErrandStore:
    return ErrandStore(engine.database, worker="one")


async def _notices(engine: Engine) -> list[str]:
    return [json.loads(row.body)["text"] for row in await engine.rows(outbox) if row.kind == "notice"]


async def test_it_is_done_and_told(engine: Engine, store: ErrandStore) -> None:
    mall = MemoryMall()
    await asks(engine, cancel(1), cancel(2), key="m1")
    bell = await carry_out_all(store, mall, engine)
    assert mall.carried_out == {"m1:errand:0": cancel(1), "m1:errand:1": cancel(2)}
    assert await _notices(engine) == [DONE, DONE]
    assert Work.SENDS in bell.rung


async def test_the_demo_mall_really_does_it_and_says_why_not(engine: Engine, store: ErrandStore) -> None:
    mall = DemoMall(engine.database, ManualClock(NOW))
    paid = Order(
        number="HY20261100001",
        status=OrderStatus.PAID,
        items=(Item("浴巾", 1),),
        total_fen=5990,
        placed_at=NOW - timedelta(hours=2),
        owner_ref=WANG,
    )
    async with engine.database.writing() as connection:
        await store_order(connection, paid)
        await store_points(connection, {WANG: 150}, [COUPON])
    await asks(engine, cancel(1), REDEEM, REDEEM)
    await carry_out_all(store, mall, engine)

    cancelled, redeemed, short = await _notices(engine)
    assert "59.90 元原路退回" in cancelled
    assert "还剩 50 积分" in redeemed
    assert "还差一点" in short
    assert "转人工" in short
    assert [row.state for row in await engine.rows(errands)] == ["done", "done", "declined"]
    assert await mall.balance(WANG) == 50
    order = await mall.find(paid.number)
    assert order is not None
    assert order.status is OrderStatus.REFUNDED


async def test_a_mall_that_is_away_is_waited_for(engine: Engine, store: ErrandStore) -> None:
    mall = MemoryMall()
    mall.away = True
    await asks(engine, cancel(1))
    await carry_out_all(store, mall, engine)
    (row,) = await engine.rows(errands)
    assert (row.state, row.error, row.attempts) == ("pending", "Transient: the mall is away", 1)
    assert await _notices(engine) == []

    mall.away = False
    await lapse(engine.database)
    async with engine.database.writing() as connection:
        await connection.execute(errands.update().values(error=None))
    await carry_out_all(store, mall, engine)
    assert [row.state for row in await engine.rows(errands)] == ["done"]
    assert await _notices(engine) == [DONE]


async def test_without_a_mall_people_do_it(engine: Engine, store: ErrandStore) -> None:
    await asks(engine, cancel(1))
    await carry_out_all(store, UnconnectedMall(), engine)
    assert [row.state for row in await engine.rows(errands)] == ["dead"]
    (case,) = await engine.rows(cases)
    assert "HY20261100001" in case.summary
    (told,) = await _notices(engine)
    assert "同事" in told


async def test_a_mall_that_breaks_stops_nobody_else(engine: Engine, store: ErrandStore) -> None:
    class Broken(MemoryMall):
        async def carry_out(self, errand: Errand, *, key: str, customer_ref: str) -> Receipt:
            if errand == cancel(1):
                raise KeyError("a defect")
            return await super().carry_out(errand, key=key, customer_ref=customer_ref)

    await asks(engine, cancel(2), peer="li")
    await asks(engine, cancel(1))
    mall = Broken()
    await carry_out_all(store, mall, engine, but=1)
    assert [row.state for row in await engine.rows(errands)] == ["done", "pending"]
    assert await store.claim(10) == []
    await lapse(engine.database)
    (again,) = await store.claim(10)
    assert again.attempts == 2
