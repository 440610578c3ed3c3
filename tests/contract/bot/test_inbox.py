"""The inbox keeps each callback once and answers each in one way."""

from __future__ import annotations

import asyncio

from bot.answers import ACTIVE, Passive
from storage.schema import inbox, reply_windows
from tests.contract.bot.engine import Engine


async def test_a_callback_is_kept_once_however_often_it_comes(engine: Engine) -> None:
    copies = await asyncio.gather(*(engine.arrives(key="same") for _ in range(5)))
    later = await engine.arrives(key="same")

    assert len(await engine.rows(inbox)) == 1
    assert sum(copy.fresh for copy in copies) == 1
    assert not later.fresh
    assert {copy.inbox_id for copy in copies} == {later.inbox_id}


async def test_many_callbacks_at_once_are_all_kept(engine: Engine) -> None:
    accepted = await asyncio.gather(*(engine.arrives(f"peer{n % 7}", key=f"m{n}") for n in range(60)))

    assert all(one.fresh for one in accepted)
    assert len({one.inbox_id for one in accepted}) == 60


async def test_nobody_waiting_means_active_at_once(engine: Engine) -> None:
    await engine.arrives(key="k", wait_ms=0)

    assert (await engine.arrives(key="k")).answer == ACTIVE


async def test_the_end_of_the_wait_decides_for_active_and_the_turn_follows(engine: Engine) -> None:
    accepted = await engine.arrives()
    claimed = await engine.claim_one()

    assert await engine.inbox.decide_active(accepted.inbox_id) == ACTIVE
    committed = await engine.answers(claimed, "好", passive=True)

    assert committed is not None
    assert committed.answer == ACTIVE
    assert await engine.states() == ["pending"]


async def test_a_passive_answer_in_time_wins_and_every_copy_gets_it(engine: Engine) -> None:
    accepted = await engine.arrives(key="k")
    committed = await engine.answers(await engine.claim_one(), "好", passive=True)

    assert committed is not None
    assert isinstance(committed.answer, Passive)
    assert not committed.to_deliver
    assert isinstance(await engine.inbox.decide_active(accepted.inbox_id), Passive)
    copy = await engine.arrives(key="k")
    assert copy.answer == Passive(body="<xml>好</xml>", inbox_id=accepted.inbox_id)
    assert await engine.inbox.take_passive(accepted.inbox_id) == "<xml>好</xml>"


async def test_a_written_passive_answer_is_recorded_and_still_repeated_to_copies(engine: Engine) -> None:
    accepted = await engine.arrives()
    await engine.answers(await engine.claim_one(), "好", passive=True)
    await engine.inbox.mark_spoken(accepted.inbox_id)

    assert await engine.states() == ["sent"]
    assert await engine.inbox.take_passive(accepted.inbox_id) == "<xml>好</xml>"
    assert await engine.deliveries.claim(10) == ([], False)


async def test_an_answer_too_late_is_not_passive(engine: Engine) -> None:
    await engine.arrives(wait_ms=1)
    claimed = await engine.claim_one()
    await asyncio.sleep(0.01)

    committed = await engine.answers(claimed, "好", passive=True)

    assert committed is not None
    assert committed.answer == ACTIVE
    assert committed.to_deliver


async def test_an_action_of_the_person_opens_the_window_again(engine: Engine) -> None:
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "好")
    await engine.sent(await engine.dispatch_one())
    assert [row.used for row in await engine.rows(reply_windows)] == [1]

    await engine.arrives()

    assert [row.used for row in await engine.rows(reply_windows)] == [0]
    assert (await engine.inbox.decided([])) == {}
