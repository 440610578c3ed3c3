"""What cannot be delivered for good becomes a case that people see: one a day for a customer."""

from __future__ import annotations

from bot.dispatch import Dispatch, Record
from storage.outbox import OutboxState
from storage.schema import cases
from tests.contract.bot.engine import Engine


async def refused(engine: Engine, dispatch: Dispatch) -> None:
    record = Record(dispatch=dispatch, state=OutboxState.DEAD, outcome="refused", detail="43004")
    await engine.deliveries.record(record)


async def test_a_refused_reply_is_shown_to_people_once_a_day(engine: Engine) -> None:
    for words in ("满 59 元包邮", "明天发货"):
        await engine.arrives()
        await engine.answers(await engine.claim_one(), words)
        await refused(engine, await engine.dispatch_one())
    assert await engine.states() == ["dead", "dead"]
    (case,) = await engine.rows(cases)
    assert (case.reason, case.state) == ("undelivered", "open")
    assert "满 59 元包邮" in case.summary


async def test_a_reply_that_will_be_tried_again_is_nobodys_case(engine: Engine) -> None:
    await engine.arrives()
    await engine.answers(await engine.claim_one(), "好的")
    dispatch = await engine.dispatch_one()
    await engine.deliveries.record(
        Record(dispatch=dispatch, state=OutboxState.PENDING, outcome="not_sent", due_in_ms=1000)
    )
    assert await engine.rows(cases) == []
