"""A reply that the platform took and reported as not arrived: dead or said again later, and counted once."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import update

from bot.dead import replay
from bot.dispatch import Record
from bot.late_failures import next_state, note_failure
from bot.turns import Finished
from conversations.inbound import SendFailed
from storage.outbox import OutboxState
from storage.schema import deliveries, outbox
from tests.contract.bot.engine import Engine, address

WANG = address("wang").conversation_id


def failed(fail_type: int = 5, platform_id: str = "p1") -> SendFailed:
    return SendFailed(platform_id=platform_id, fail_type=fail_type, reason="the session has ended")


async def taken(engine: Engine, *words: str, platform_id: str = "p1", peer: str = "wang") -> str:
    """The platform took a reply as ``platform_id``; returns the name that it went under."""
    await engine.arrives(peer, wait_ms=0)
    await engine.answers(await engine.claim_one(), *words)
    dispatch = await engine.dispatch_one()
    await engine.deliveries.record(
        Record(dispatch=dispatch, state=OutboxState.SENT, outcome="sent", platform_id=platform_id)
    )
    return dispatch.key


async def notes(engine: Engine, failure: SendFailed, conversation: str = WANG) -> int:
    async with engine.database.writing() as connection:
        return await note_failure(
            connection, address(conversation.rpartition(":")[2]).conversation_id, failure
        )


@pytest.mark.parametrize(
    ("fail_type", "state"),
    [
        (4, OutboxState.DEFERRED),
        (5, OutboxState.DEFERRED),
        (6, OutboxState.DEFERRED),
        *((fail_type, OutboxState.DEAD) for fail_type in (0, 1, 2, 8, 10, 11, 12, 13, 99)),
    ],
)
async def test_what_the_persons_next_act_cures_waits_for_it(
    engine: Engine, fail_type: int, state: OutboxState
) -> None:
    assert next_state(fail_type) is state
    await taken(engine, "好")
    assert await notes(engine, failed(fail_type)) == 1
    (row,) = await engine.rows(outbox)
    assert (row.state, row.sent_ms, row.platform_id, row.edition) == (state, None, None, 1)
    assert row.error == f"fail_type {fail_type}: the session has ended"


async def test_a_report_that_comes_twice_counts_once(engine: Engine) -> None:
    await taken(engine, "好")
    assert [await notes(engine, failed()) for _ in range(2)] == [1, 0]
    assert [row.outcome for row in await engine.rows(deliveries)] == ["sent", "failed_later"]
    assert json.loads((await engine.rows(deliveries))[1].detail)["platform_id"] == "p1"


@pytest.mark.parametrize(
    ("platform_id", "conversation"), [("p2", WANG), ("p1", address("li").conversation_id)]
)
async def test_a_report_of_something_else_changes_nothing(
    engine: Engine, platform_id: str, conversation: str
) -> None:
    await taken(engine, "好")
    assert await notes(engine, failed(platform_id=platform_id), conversation) == 0
    assert await engine.states() == ["sent"]


async def test_it_is_said_again_under_a_new_name(engine: Engine) -> None:
    """The platform knows the first name, so it would take a repetition for said."""
    first = await taken(engine, "好")
    await notes(engine, failed())
    assert await engine.deliveries.claim(10) == ([], False)
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "二")
    again = await engine.dispatch_one()
    assert (again.key, again.attempts, again.unknowns) == (f"{first}~1", 1, 0)
    await engine.deliveries.record(
        Record(dispatch=again, state=OutboxState.SENT, outcome="sent", platform_id="p2")
    )
    await notes(engine, failed(13, "p2"))
    name = f"out-{again.outbox_ids[0]}"
    assert await replay(engine.database, [name]) == {name: True}
    assert (await engine.dispatch_one()).key == f"{first}~2"


async def test_all_that_went_out_together_failed_together(engine: Engine) -> None:
    await taken(engine, "零", platform_id="p0")
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "一", "二", "三")
    sent = await engine.dispatch_one()
    await engine.sent(sent)
    bundle = await engine.dispatch_one()
    assert len(bundle.outbox_ids) == 2, "the last slot carries what is left"
    await engine.deliveries.record(
        Record(dispatch=bundle, state=OutboxState.SENT, outcome="sent", platform_id="p1")
    )
    assert await notes(engine, failed()) == 2
    assert (await engine.states())[2:] == ["deferred", "deferred"]
    assert [row.send_key for row in (await engine.rows(outbox))[2:]] == [None, None]


async def test_what_a_code_said_is_dead_whatever_the_reason(engine: Engine) -> None:
    await taken(engine, "好")
    async with engine.database.writing() as connection:
        await connection.execute(update(outbox).values(lane="code"))
    await notes(engine, failed(5))
    assert await engine.states() == ["dead"]


async def test_a_turn_that_hears_of_it_writes_it_down_with_its_commit(engine: Engine) -> None:
    await taken(engine, "好")
    await engine.arrives(wait_ms=0, trigger=None)
    claimed = await engine.claim_one()
    await engine.turns.commit(Finished(claimed=claimed, failure=failed(), transcript="{}"))
    assert await engine.states() == ["deferred"]
