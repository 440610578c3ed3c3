"""The dead list, and another chance for what is on it."""

from __future__ import annotations

import pytest

from bot.dead import dead_list, replay
from bot.dispatch import Record
from bot.turns import Finished
from conversations.facts import Fact
from storage.outbox import OutboxState
from storage.schema import inbox, outbox
from tests.contract.bot.engine import Engine, text


async def _dead_message(engine: Engine, peer: str = "wang") -> str:
    accepted = await engine.arrives(peer, wait_ms=0)
    await engine.turns.commit(
        Finished(claimed=await engine.claim_one(), dead="ValueError: boom", transcript="{}")
    )
    return f"in-{accepted.inbox_id}"


async def _dead_reply(engine: Engine, words: str) -> str:
    await engine.arrives("li", wait_ms=0)
    await engine.answers(await engine.claim_one(), words)
    dispatch = await engine.dispatch_one()
    await engine.deliveries.record(
        Record(dispatch=dispatch, state=OutboxState.DEAD, outcome="unknown", detail="lost", unknown=True)
    )
    return f"out-{dispatch.outbox_ids[0]}"


async def test_nothing_is_dead_at_first(engine: Engine) -> None:
    await engine.arrives()
    assert await dead_list(engine.database) == []


async def test_both_kinds_are_listed_with_reason_and_the_beginning_of_the_text(engine: Engine) -> None:
    message, reply = await _dead_message(engine), await _dead_reply(engine, "第一行\n" + "长" * 60)

    first, second = await dead_list(engine.database)

    assert [entry.id for entry in (first, second)] == [message, reply]
    assert (first.reason, first.content, first.attempts) == ("ValueError: boom", "你好", 1)
    assert (second.reason, second.attempts) == ("lost", 1)
    assert second.content == "第一行 " + "长" * 35 + "…"
    assert len(second.content) == 40
    assert second.conversation_id.endswith(":li")
    assert first.since.tzinfo is not None


async def test_the_list_has_a_limit(engine: Engine) -> None:
    await _dead_message(engine, "a")
    await _dead_message(engine, "b")
    assert len(await dead_list(engine.database, limit=1)) == 1


async def test_a_message_gets_its_turn_again(engine: Engine) -> None:
    message = await _dead_message(engine)

    assert await replay(engine.database, [message]) == {message: True}

    assert await dead_list(engine.database) == []
    claimed = await engine.claim_one()
    assert claimed.attempts == 1
    await engine.answers(claimed, "好")
    assert [row.state for row in await engine.rows(inbox)] == ["done"]


async def test_a_reply_is_sent_again_with_a_fresh_count(engine: Engine) -> None:
    reply = await _dead_reply(engine, "好")

    assert await replay(engine.database, [reply]) == {reply: True}

    dispatch = await engine.dispatch_one()
    assert (dispatch.attempts, dispatch.unknowns) == (1, 0)
    await engine.sent(dispatch)
    assert await engine.states() == ["sent"]


async def test_only_what_is_dead_is_replayed(engine: Engine) -> None:
    reply = await _dead_reply(engine, "好")
    number = int(reply.removeprefix("out-"))

    done = await replay(engine.database, [reply, reply.replace("out", "in"), f"out-{number + 999}"])

    assert list(done.values()) == [True, False, False]
    assert await replay(engine.database, [reply]) == {reply: False}


@pytest.mark.parametrize("name", ["", "12", "in-", "out-x", "in--1", "in-1 or 1=1", "OUT-1"])
async def test_what_is_no_id_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(ValueError, match="in-12, out-34 and errand-56"):
        await replay(engine.database, [name])


@pytest.mark.parametrize("name", ["in-99999999999999999999", "out-99999999999999999999"])
async def test_an_id_larger_than_any_number_of_ours_is_not_on_the_list(engine: Engine, name: str) -> None:
    assert await replay(engine.database, [name]) == {name: False}
    assert await engine.rows(outbox) == []


async def test_one_wrong_id_means_that_nothing_is_done(engine: Engine) -> None:
    message = await _dead_message(engine)
    with pytest.raises(ValueError, match="nonsense"):
        await replay(engine.database, [message, "nonsense"])
    assert [entry.id for entry in await dead_list(engine.database)] == [message]


async def test_a_replayed_message_can_be_answered_although_an_apology_was_said(engine: Engine) -> None:
    accepted = await engine.arrives(wait_ms=0)
    claimed = await engine.claim_one()
    fact = Fact(name="turn.dead")
    await engine.turns.commit(
        Finished(claimed=claimed, speeches=(text("抱歉"),), facts=(fact,), transcript="{}", dead="once")
    )
    await engine.sent(await engine.dispatch_one())
    await replay(engine.database, [f"in-{accepted.inbox_id}"])

    committed = await engine.turns.commit(
        Finished(claimed=await engine.claim_one(), speeches=(text("好"),), facts=(fact,), transcript="{}")
    )

    assert committed is not None
    assert [row.state for row in await engine.rows(inbox)] == ["done"]
    assert await engine.states() == ["sent", "pending"]
