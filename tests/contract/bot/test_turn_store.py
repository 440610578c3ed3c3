"""Claim and commit: order in a conversation, one worker at a time, and nothing twice."""

from __future__ import annotations

import asyncio

from bot.dead import dead_list, replay
from bot.turns import Finished
from conversations.ownership import Owner, to_agent, to_bot
from conversations.replies import ReplyKind
from storage.schema import conversations, inbox, messages, outbox
from tests.contract.bot.engine import Engine, text


async def test_one_message_of_a_conversation_at_a_time_oldest_first(engine: Engine) -> None:
    first = await engine.arrives("wang")
    await engine.arrives("wang")
    other = await engine.arrives("li")

    claimed = await engine.turns.claim(10)

    assert [item.inbox_id for item in claimed] == [first.inbox_id, other.inbox_id]
    assert [item.behind for item in claimed] == [1, 0]
    assert await engine.other_turns.claim(10) == []


async def test_the_next_message_follows_the_commit(engine: Engine) -> None:
    await engine.arrives()
    second = await engine.arrives()
    await engine.answers(await engine.claim_one(), "一")

    assert (await engine.claim_one()).inbox_id == second.inbox_id


async def test_two_workers_share_the_conversations(engine: Engine) -> None:
    for number in range(20):
        await engine.arrives(f"peer{number}")

    mine, theirs = await asyncio.gather(engine.turns.claim(10), engine.other_turns.claim(10))

    ids = [item.inbox_id for item in (*mine, *theirs)]
    assert len(ids) == len(set(ids)) == 20


async def test_a_dead_workers_message_is_taken_over_and_its_late_commit_refused(engine: Engine) -> None:
    await engine.arrives()
    lost = await engine.claim_one()
    await engine.lapse_leases()
    (taken,) = await engine.other_turns.claim(1)

    assert taken.inbox_id == lost.inbox_id
    assert taken.attempts == 2
    assert await engine.answers(lost, "迟到") is None
    assert await engine.answers(taken, "好") is not None
    assert [row.body for row in await engine.rows(outbox)] == ['{"type": "text", "text": "好"}']


async def test_a_turn_cannot_be_committed_twice(engine: Engine) -> None:
    await engine.arrives()
    claimed = await engine.claim_one()

    results = await asyncio.gather(engine.answers(claimed, "好"), engine.answers(claimed, "好"))

    assert sum(result is not None for result in results) == 1
    assert len(await engine.rows(outbox)) == 1


async def test_a_change_of_owner_while_thinking_throws_the_turn_away(engine: Engine) -> None:
    await engine.arrives()
    claimed = await engine.claim_one()
    await engine.arrives()
    async with engine.database.writing() as connection:
        await connection.execute(conversations.update().values(owner="agent", agent="a", epoch=1))

    assert await engine.answers(claimed, "好") is None
    await engine.turns.put_back(claimed, error="overtaken", delay_ms=0)
    again = await engine.claim_one()
    assert again.inbox_id == claimed.inbox_id
    assert again.conversation.ownership.owner is Owner.AGENT


async def test_everything_of_a_turn_is_written_together(engine: Engine) -> None:
    await engine.arrives()
    claimed = await engine.claim_one()
    ownership = to_agent(claimed.conversation.ownership, "zhang")

    await engine.turns.commit(
        Finished(claimed=claimed, speeches=(text("一"), text("二")), ownership=ownership, transcript="{}")
    )

    (row,) = await engine.rows(conversations)
    assert (row.owner, row.agent, row.epoch, row.turn_until_ms) == ("agent", "zhang", 1, 0)
    assert [row.author for row in await engine.rows(messages)] == ["customer", "bot", "bot"]
    assert [row.state for row in await engine.rows(inbox)] == ["done"]


async def test_a_failed_turn_keeps_its_place_until_it_is_due(engine: Engine) -> None:
    first = await engine.arrives()
    await engine.arrives()
    claimed = await engine.claim_one()

    await engine.turns.put_back(claimed, error="Transient: away", delay_ms=60_000)

    assert await engine.turns.claim(10) == []
    async with engine.database.writing() as connection:
        await connection.execute(inbox.update().where(inbox.c.id == first.inbox_id).values(due_ms=0))
    assert (await engine.claim_one()).inbox_id == first.inbox_id


async def test_a_dead_message_lets_the_next_one_pass(engine: Engine) -> None:
    await engine.arrives()
    second = await engine.arrives()
    claimed = await engine.claim_one()

    await engine.turns.commit(
        Finished(claimed=claimed, speeches=(text("抱歉"),), dead="boom", transcript="{}")
    )

    assert [row.state for row in await engine.rows(inbox)] == ["dead", "waiting"]
    assert (await engine.claim_one()).inbox_id == second.inbox_id


async def test_one_bad_item_does_not_spoil_its_group(engine: Engine) -> None:
    await engine.arrives("wang")
    await engine.arrives("li")
    good, bad = await engine.turns.claim(2)
    broken = Finished(claimed=bad, speeches=(text("好"),), transcript=None)  # type: ignore[arg-type]

    results = await asyncio.gather(
        engine.answers(good, "好"), engine.turns.commit(broken), return_exceptions=True
    )

    assert not isinstance(results[0], BaseException)
    assert isinstance(results[1], Exception)
    assert len(await engine.rows(outbox)) == 1


async def test_a_dead_message_can_be_replayed_and_then_answered(engine: Engine) -> None:
    await engine.arrives()
    for _ in range(2):
        dead = Finished(
            claimed=await engine.claim_one(), speeches=(text("抱歉"),), dead="boom", transcript="{}"
        )
        assert await engine.turns.commit(dead) is not None
        (entry,) = [entry for entry in await dead_list(engine.database) if entry.id.startswith("in-")]
        assert await replay(engine.database, [entry.id]) == {entry.id: True}

    assert await engine.answers(await engine.claim_one(), "好") is not None
    assert [row.body for row in await engine.rows(outbox)][-1] == '{"type": "text", "text": "好"}'
    assert [row.author for row in await engine.rows(messages)].count("customer") == 1
    assert await dead_list(engine.database) == []


async def test_what_is_said_to_who_calls_the_bot_back_is_said_also_where_it_is_asked_for_again(
    engine: Engine,
) -> None:
    """By the callback that the platform repeats: the turn has changed the owner meanwhile, for the bot."""
    accepted = await engine.arrives()
    async with engine.database.writing() as connection:
        await connection.execute(conversations.update().values(owner="queue", epoch=1))
    claimed = await engine.claim_one()
    finished = Finished(
        claimed=claimed,
        speeches=(text("好的，我来"),),
        passive_body="<xml>好的，我来</xml>",
        ownership=to_bot(claimed.conversation.ownership),
        transcript="{}",
    )

    assert await engine.turns.commit(finished) is not None

    assert [row.epoch for row in await engine.rows(outbox)] == [2]
    assert await engine.inbox.take_passive(accepted.inbox_id) == "<xml>好的，我来</xml>"


async def test_chat_of_a_turn_that_gives_the_customer_to_people_stays_unsaid(engine: Engine) -> None:
    await engine.arrives()
    claimed = await engine.claim_one()
    speeches = (text("您还想问什么"), text("客服来啦", ReplyKind.TRANSITION))
    ownership = to_agent(claimed.conversation.ownership, "zhang")

    await engine.turns.commit(
        Finished(claimed=claimed, speeches=speeches, ownership=ownership, transcript="{}")
    )

    assert [row.epoch for row in await engine.rows(outbox)] == [0, 1]
