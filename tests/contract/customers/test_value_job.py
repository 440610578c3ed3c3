"""The daily fit on real databases: from orders to cells and expected values in the profiles."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.valuing import begin, end
from customers.activity import day_of
from customers.events.event import CustomerEvent
from customers.identity.store import IdentityStore
from customers.population import LTV, RFM, kept
from customers.profile.store import ProfileStore
from customers.value.job import fit_value
from customers.value.model import LEAST_BUYERS, LtvModel
from customers.value.rfm import RfmBounds
from storage.customers_schema import customer_profiles
from storage.database import Database
from storage.times import to_ms
from tests.contract.customers.test_profiler import NOW, bought, mall, settle, take


def shop(buyers: int) -> list[CustomerEvent]:
    """Who bought once a year ago, and who buys on, more or less often."""
    chance, told = random.Random(7), []
    for who in range(buyers):
        first, every = chance.uniform(100, 350), chance.choice([None, None, 20, 60])
        days = [first] if every is None else [first - step for step in range(0, int(first), every)]
        told += [
            bought(f"{who}-{number}", mall(who), chance.randrange(2_000, 40_000), day)
            for number, day in enumerate(days)
        ]
    return told


async def profiles(database: Database) -> Sequence[dict[str, object]]:
    async with database.reading() as connection:
        return [dict(row._mapping) for row in await connection.execute(select(customer_profiles))]


async def test_buyers_get_cells_and_expected_values_and_keep_them(database: Database) -> None:
    await take(database, shop(220))
    await settle(database)
    fitted = await fit_value(database, NOW)
    assert (fitted.buyers, fitted.reason) == (220, "")
    rows = await profiles(database)
    assert {row["rfm"] is None or row["ltv_fen"] is None for row in rows} == {False}
    assert len({row["rfm"] for row in rows}) > 8
    assert all(row["ltv_low_fen"] <= row["ltv_high_fen"] for row in rows)  # type: ignore[operator]
    async with database.reading() as connection:
        assert LtvModel.from_json(await kept(connection, LTV)).buyers == 220
        assert RfmBounds.from_json(await kept(connection, RFM)).orders[0] > 2
    # Somebody who buys every twenty days is expected to bring more than somebody who bought once, long ago.
    store = ProfileStore(database, IdentityStore(None))
    regular = max(rows, key=lambda row: row["orders"])["customer_id"]  # type: ignore[arg-type,return-value]
    once = min(rows, key=lambda row: (row["orders"], row["last_paid_ms"]))["customer_id"]
    values = [(await store.get(each)) for each in (regular, once)]  # type: ignore[arg-type]
    most, least = [each.expected for each in values if each is not None and each.expected is not None]
    assert most.ltv_fen > 3 * least.ltv_fen
    # A new order makes the profile anew, and leaves what the fit said.
    await take(database, [bought("more", mall(0), 9_900, 0.5)])
    await settle(database)
    assert {row["rfm"] is None for row in await profiles(database)} == {False}


async def test_a_small_shop_has_cells_and_is_told_why_there_are_no_values(database: Database) -> None:
    await take(database, shop(30))
    await settle(database)
    fitted = await fit_value(database, NOW)
    assert fitted.buyers == 30
    assert fitted.reason == f"付款顾客只有 30 位，满 {LEAST_BUYERS} 位后开始估算顾客价值。"
    assert {row["ltv_fen"] for row in await profiles(database)} == {None}


async def test_orders_of_two_names_of_one_customer_are_one_history(database: Database) -> None:
    assert (await fit_value(database, NOW)).buyers == 0, "a shop without customers"
    order = bought("a", mall(1), 5_000, 30)
    await take(database, [order, bought("b", mall(1), 3_000, 10)])
    await settle(database)
    (row,) = await profiles(database)
    assert (row["orders"], row["spent_fen"]) == (2, 8_000)
    assert (await fit_value(database, NOW)).buyers == 1


@pytest.mark.parametrize("hours", [0.5, 1.5])
async def test_a_days_fit_is_done_once_and_taken_over_from_the_dead(database: Database, hours: float) -> None:
    assert not await begin(database, NOW), "nobody has bought"
    await take(database, [bought(str(who), mall(who), 1_000) for who in range(LEAST_BUYERS)])
    await settle(database)
    assert await begin(database, NOW)
    later = NOW + timedelta(hours=hours)
    assert day_of(to_ms(later)) == day_of(to_ms(NOW))
    assert await begin(database, later) is (hours > 1)
    await end(database, later)
    assert not await begin(database, later)
    assert await begin(database, NOW + timedelta(days=1))
