"""One process holds the bot's connection at a time, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio

from channels.aibot.lease import ConnectionLease
from storage.database import Database


def lease(database: Database, holder: str, *, bot: str = "AIB", seconds: float = 60.0) -> ConnectionLease:
    return ConnectionLease(database, bot_id=bot, holder=holder, seconds=seconds)


async def test_one_has_it_and_keeps_it(database: Database) -> None:
    one, two = lease(database, "one"), lease(database, "two")
    assert await one.acquire()
    assert await one.acquire()
    assert await one.renew()
    assert not await two.acquire()
    assert not await two.renew()


async def test_what_is_given_back_is_free_at_once_and_only_by_its_holder(database: Database) -> None:
    one, two = lease(database, "one"), lease(database, "two")
    await one.acquire()
    await two.release()
    assert not await two.acquire()
    await one.release()
    assert await two.acquire()
    assert not await one.renew()


async def test_a_lease_that_ran_out_is_taken_over(database: Database) -> None:
    assert await lease(database, "one", seconds=0.0).acquire()
    assert await lease(database, "two").acquire()
    assert not await lease(database, "one").acquire()


async def test_each_bot_has_its_own(database: Database) -> None:
    assert await lease(database, "one").acquire()
    assert await lease(database, "two", bot="OTHER").acquire()


async def test_of_many_at_once_one_gets_it(database: Database) -> None:
    got = await asyncio.gather(*(lease(database, f"p{n}").acquire() for n in range(8)))
    assert sum(got) == 1
