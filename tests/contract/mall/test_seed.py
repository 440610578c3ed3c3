"""Filling the demo mall: once, however often it is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from conversations.clock import ManualClock
from conversations.errands import Errand, ErrandKind
from mall.demo import DemoMall, seed
from storage.database import Database

WANG = "official:gh_demo:wang"


async def test_seeding_twice_adds_nothing_the_second_time(database: Database) -> None:
    clock = ManualClock(datetime(2026, 11, 3, 4, 0, tzinfo=UTC))
    added = await seed(database, clock, {"first": WANG})
    mall = DemoMall(database)
    before = await mall.recent(WANG, 10)
    clock.advance(days=1)
    assert added >= 12
    assert await seed(database, clock, {"first": "official:gh_demo:somebody_else"}) == 0
    assert await mall.recent(WANG, 10) == before
    assert [order.number for order in before] == [
        "HY20261101016",
        "HY20261101002",
        "HY20261101001",
        "HY20261101015",
        "HY20261101005",
        "HY20261101017",
    ]


async def test_times_are_counted_back_from_the_clock(database: Database) -> None:
    now = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
    await seed(database, ManualClock(now))
    order = await DemoMall(database).find("HY20261101001")
    assert order is not None
    assert order.placed_at == now - timedelta(hours=46)
    assert order.shipped_at == now - timedelta(hours=40)
    assert order.owner_ref is None
    arrived = await DemoMall(database).find("HY20261101015")
    assert arrived is not None
    assert arrived.delivered_at == now - timedelta(days=3)


async def test_points_are_given_once(database: Database) -> None:
    clock = ManualClock(datetime(2026, 11, 3, 4, 0, tzinfo=UTC))
    mall = DemoMall(database, clock)
    await seed(database, clock, {"first": WANG})
    assert (await mall.balance(WANG), await mall.balance("official:gh_demo:li")) == (286, None)
    coupon = Errand(kind=ErrandKind.REDEEM_POINTS, details={"reward": "10 元代金券"})
    assert (await mall.carry_out(coupon, key="k", customer_ref=WANG)).accepted
    await seed(database, clock, {"first": WANG})
    assert await mall.balance(WANG) == 186
    assert [reward.points for reward in await mall.rewards()] == [50, 100, 200, 500]
