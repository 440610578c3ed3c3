"""All profiles anew from the events that are kept."""

from __future__ import annotations

import random

from sqlalchemy import select, update

from customers.activity import Activity
from customers.profile.recomputing import Recomputed, Recomputing
from storage.customers_schema import activities, customer_profiles, events_waiting
from storage.database import Database
from storage.settings import DatabaseSettings
from tests.contract.customers.test_profiler import (
    NOW,
    SETTINGS,
    believable,
    bought,
    mall,
    profiles,
    settle,
    take,
)


def recomputing(url: str) -> Recomputing:
    return Recomputing(database=DatabaseSettings(url=url), settings=SETTINGS, now=NOW, processes=2)


async def test_what_went_wrong_is_put_right_and_nothing_counts_twice(
    database: Database, database_url: str
) -> None:
    await take(database, believable(random.Random(3)))
    await settle(database)
    right = await profiles(database)
    async with database.writing() as connection:
        await connection.execute(update(activities).values(data=Activity().to_json()))
        await connection.execute(customer_profiles.delete())
        stranger = {"customer_id": 999_999, "data": "{}", "segment": "ordinary", "segments": "ordinary"}
        zeros = dict.fromkeys(("orders", "spent_fen", "month_fen", "shares", "seen_ms", "made_ms"), 0)
        await connection.execute(customer_profiles.insert(), {**stranger, **zeros})
    # Not added up yet: it is by now, and must not be once more.
    await take(database, [bought("late", mall(1), 1000)])
    done = await recomputing(database_url).run()
    assert done == Recomputed(events=151, customers=12)
    async with database.reading() as connection:
        assert (await connection.execute(select(events_waiting))).all() == []
    again = await profiles(database)
    assert again.keys() == right.keys()
    assert sum(again[name] != right[name] for name in right) == 1, "whose event came late"
    await settle(database)
    assert await profiles(database) == again


async def test_a_shop_without_customers_is_recomputed_at_once(database: Database, database_url: str) -> None:
    assert await recomputing(database_url).run() == Recomputed(events=0, customers=0)
