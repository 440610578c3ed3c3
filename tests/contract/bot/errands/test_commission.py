"""Errands are written with their turn, once, or not at all."""

from __future__ import annotations

import json

from sqlalchemy import update

from bot.dead import replay
from bot.turns import Finished
from storage.errands_schema import errands
from storage.schema import inbox
from tests.contract.bot.engine import Engine
from tests.contract.bot.errands.shop import WANG, asks, cancel


async def test_each_errand_of_a_turn_has_a_key_of_its_own(engine: Engine) -> None:
    await asks(engine, cancel(1), cancel(2), key="m1")

    rows = await engine.rows(errands)
    assert [row.key for row in rows] == ["m1:errand:0", "m1:errand:1"]
    assert [row.order_no for row in rows] == ["HY20261100001", "HY20261100002"]
    assert json.loads(rows[0].details) == {"reason": "不想要了"}
    assert {(row.conversation_id, row.customer_ref, row.state) for row in rows} == {(WANG, WANG, "pending")}


async def test_a_turn_that_lost_its_lease_asks_for_nothing(engine: Engine) -> None:
    await engine.arrives(key="m1")
    lost = await engine.claim_one()
    await engine.lapse_leases()
    taken = await engine.claim_one()

    assert await engine.turns.commit(Finished(claimed=lost, errands=(cancel(1),), transcript="{}")) is None
    assert await engine.rows(errands) == []
    assert await engine.turns.commit(Finished(claimed=taken, errands=(cancel(2),), transcript="{}"))
    assert [row.order_no for row in await engine.rows(errands)] == ["HY20261100002"]


async def test_a_dead_message_that_is_replayed_asks_once(engine: Engine) -> None:
    accepted = await engine.arrives(key="m1", wait_ms=0)
    await engine.turns.commit(Finished(claimed=await engine.claim_one(), dead="boom", transcript="{}"))
    assert await engine.rows(errands) == []

    for _ in range(2):
        await replay(engine.database, [f"in-{accepted.inbox_id}"])
        claimed = await engine.claim_one()
        await engine.turns.commit(Finished(claimed=claimed, errands=(cancel(1),), transcript="{}"))
        async with engine.database.writing() as connection:  # as if its turn had died again
            await connection.execute(update(inbox).values(state="dead"))

    assert [row.key for row in await engine.rows(errands)] == ["m1:errand:0"]
