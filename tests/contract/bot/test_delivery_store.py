"""Delivery: one at a time and in order in a conversation, every outcome on record."""

from __future__ import annotations

import asyncio

from sqlalchemy import update

from bot.dispatch import Record
from conversations.replies import ReplyKind, TextReply
from escalation.ownership import Busy, Granted, Taken
from storage.outbox import OutboxDraft, OutboxState, resume, say_once
from storage.schema import deliveries, outbox, reply_windows
from storage.times import now_ms
from tests.contract.bot.engine import Engine, address, claim_conversation, give_back

WANG = address("wang").conversation_id


async def test_replies_of_one_conversation_go_out_in_order_one_at_a_time(engine: Engine) -> None:
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "一", "二")

    first = await engine.dispatch_one()
    assert await engine.deliveries.claim(10) == ([], False)
    await engine.sent(first)
    second = await engine.dispatch_one()
    await engine.sent(second)

    assert first.outbox_ids < second.outbox_ids
    assert await engine.states() == ["sent", "sent"]
    assert [row.outcome for row in await engine.rows(deliveries)] == ["sent", "sent"]


async def test_two_processes_never_send_the_same(engine: Engine) -> None:
    for number in range(10):
        await engine.arrives(f"peer{number}", wait_ms=0)
    for claimed in await engine.turns.claim(10):
        await engine.answers(claimed, "好")

    (mine, _), (theirs, _) = await asyncio.gather(engine.deliveries.claim(5), engine.deliveries.claim(5))
    ids = [dispatch.outbox_ids for dispatch in (*mine, *theirs)]

    assert len(ids) == len(set(ids)) == 10


async def test_a_send_cut_off_by_a_crash_is_recorded_and_sent_again(engine: Engine) -> None:
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "好")
    lost = await engine.dispatch_one()
    await engine.lapse_leases()

    again = await engine.dispatch_one()
    await engine.sent(lost)  # the dead process was only slow: its word does not count any more
    await engine.sent(again)

    assert again.outbox_ids == lost.outbox_ids
    assert again.attempts == 2
    assert [row.outcome for row in await engine.rows(deliveries)] == ["unknown", "sent"]
    assert [row.used for row in await engine.rows(reply_windows)] == [2]


async def test_a_reply_not_sent_gives_its_slot_back_and_waits(engine: Engine) -> None:
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "好")
    dispatch = await engine.dispatch_one()

    await engine.deliveries.record(
        Record(
            dispatch=dispatch,
            state=OutboxState.PENDING,
            outcome="not_sent",
            detail="refused",
            due_in_ms=60_000,
            refund=True,
        )
    )

    assert await engine.deliveries.claim(10) == ([], False)
    assert [row.used for row in await engine.rows(reply_windows)] == [0]
    await engine.make_due()
    assert (await engine.dispatch_one()).attempts == 2


async def test_what_exceeds_the_quota_waits_for_the_persons_next_word(engine: Engine) -> None:
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "一" * 500, "二" * 500, "三" * 500)
    await engine.sent(await engine.dispatch_one())
    await engine.sent(await engine.dispatch_one())
    assert (await engine.deliveries.claim(10))[0] == []
    assert await engine.states() == ["sent", "sent", "deferred"]

    await engine.arrives(wait_ms=1_500)
    committed = await engine.answers(await engine.claim_one(), "四", passive=True)

    assert committed is not None
    assert committed.to_deliver  # not passive: it would overtake what waits
    assert (await engine.dispatch_one()).reply.text.startswith("三")  # type: ignore[union-attr]


async def test_a_passive_answer_that_nobody_fetched_goes_by_the_api(engine: Engine) -> None:
    accepted = await engine.arrives()
    await engine.answers(await engine.claim_one(), "好", passive=True)
    assert await engine.deliveries.claim(10) == ([], False)

    await engine.lapse_leases()
    await engine.make_due()
    dispatch = await engine.dispatch_one()

    assert dispatch.reply.text == "好"  # type: ignore[union-attr]
    assert await engine.inbox.take_passive(accepted.inbox_id) is None


async def test_a_person_waits_for_the_speaker_and_then_the_bot_is_silent(engine: Engine) -> None:
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "一", "二")
    dispatch = await engine.dispatch_one()

    assert isinstance(await claim_conversation(engine.database, WANG, "zhang"), Busy)
    await engine.sent(dispatch)
    granted = await claim_conversation(engine.database, WANG, "zhang")

    assert isinstance(granted, Granted)
    assert await engine.deliveries.claim(10) == ([], True)
    assert await engine.states() == ["sent", "withheld"]
    assert await claim_conversation(engine.database, WANG, "wei") == Taken(by="zhang")
    assert await claim_conversation(engine.database, WANG, "zhang") == granted


async def test_a_stale_passive_answer_becomes_an_empty_acknowledgement(engine: Engine) -> None:
    accepted = await engine.arrives()
    await engine.answers(await engine.claim_one(), "好", passive=True)
    assert isinstance(await claim_conversation(engine.database, WANG, "zhang"), Busy)
    await engine.lapse_leases()
    assert isinstance(await claim_conversation(engine.database, WANG, "zhang"), Granted)

    assert await engine.inbox.take_passive(accepted.inbox_id) is None
    assert (await give_back(engine.database, WANG)).epoch == 2


async def test_the_bot_stays_silent_after_the_conversation_comes_back(engine: Engine) -> None:
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "旧话")
    await claim_conversation(engine.database, WANG, "zhang")
    await give_back(engine.database, WANG)

    assert (await engine.deliveries.claim(10))[0] == []
    assert [row.state for row in await engine.rows(outbox)] == ["withheld"]


async def test_people_say_what_the_bot_may_not_and_wait_for_nothing_of_its(engine: Engine) -> None:
    """The bot has used what it may; its next reply waits for the customer. An agent still has two."""
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "一")
    await engine.sent(await engine.dispatch_one())
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "二", "三", "四", kind=ReplyKind.TRANSITION)
    await engine.sent(await engine.dispatch_one())
    async with engine.database.writing() as connection:
        await connection.execute(update(reply_windows).values(used=4))
    assert (await engine.deliveries.claim(10))[0] == []
    assert await engine.states() == ["sent", "sent", "deferred", "deferred"]

    async with engine.database.writing() as connection:
        await resume(connection, [WANG], now_ms())
        await say_once(
            connection,
            OutboxDraft(
                key="desk:lin:1",
                conversation_id=WANG,
                epoch=0,
                kind=ReplyKind.PERSON,
                body={"type": "text", "text": "我是小林"},
                created_ms=now_ms(),
                author="agent:lin",
            ),
        )
    dispatch = await engine.dispatch_one()

    assert dispatch.reply == TextReply(text="我是小林")
