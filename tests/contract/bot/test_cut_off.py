"""A send that a crash cut off is on record whatever becomes of it: it may have been heard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from bot.retry import MAX_LOST_CONNECTIONS
from storage.schema import deliveries, outbox
from tests.contract.bot.engine import Engine, address, claim_conversation

WANG = address("wang").conversation_id


async def _cut_off(engine: Engine) -> None:
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "好")
    await engine.dispatch_one()
    await engine.lapse_leases()


async def _recorded(engine: Engine) -> list[Any]:
    return [(row.route, row.outcome) for row in await engine.rows(deliveries)]


async def test_when_the_window_has_closed_meanwhile(engine: Engine) -> None:
    await _cut_off(engine)
    engine.clock.time += timedelta(hours=49)

    assert (await engine.deliveries.claim(10))[0] == []

    assert await engine.states() == ["deferred"]
    assert await _recorded(engine) == [("api", "unknown")]


async def test_when_a_person_has_taken_over_meanwhile(engine: Engine) -> None:
    await _cut_off(engine)
    await claim_conversation(engine.database, WANG, "lan")

    assert (await engine.deliveries.claim(10))[0] == []

    assert await engine.states() == ["withheld"]
    assert await _recorded(engine) == [("api", "unknown")]


async def test_a_passive_answer_nobody_is_known_to_have_read(engine: Engine) -> None:
    await engine.arrives()
    await engine.answers(await engine.claim_one(), "好", passive=True)
    await engine.lapse_leases()
    await engine.make_due()
    engine.clock.time += timedelta(hours=49)

    assert (await engine.deliveries.claim(10))[0] == []

    assert await engine.states() == ["deferred"]
    assert await _recorded(engine) == [("passive", "unknown")]


async def test_it_counts_as_a_lost_connection_but_is_sent_again_each_time(engine: Engine) -> None:
    await _cut_off(engine)
    assert (await engine.dispatch_one()).unknowns == MAX_LOST_CONNECTIONS
    await engine.lapse_leases()
    async with engine.database.writing() as connection:
        await connection.execute(update(outbox).values(state="deferred"))

    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "二")

    assert (await engine.dispatch_one()).unknowns == MAX_LOST_CONNECTIONS
