"""The code lane: each code is spent by one sender at a time, and what ended meanwhile is said no more."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.code_lane import LEASE_MS, CodeLane
from bot.dispatch import Dispatch, Record
from bot.wakeups import Wakeups, Work
from channels.outcomes import OutcomeUnknown, Refused, SendOutcome, Sent
from conversations.address import Address, Channel
from conversations.replies import CodedReply, EventCode, Reply, ReplyKind, TextReply, to_stored
from storage.outbox import OutboxDraft, OutboxState, say_once
from storage.schema import conversations, deliveries, outbox
from storage.times import now_ms
from tests.contract.bot.engine import Engine, FakePort, address
from tests.patience import PATIENCE

WANG = address("wang")
LIFE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker(FakePort):
    """Sends end as ``outcomes`` say, then well. ``said`` are the keys."""

    outcomes: list[SendOutcome] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
        assert isinstance(reply, CodedReply)
        self.said.append(key)
        return self.outcomes.pop(0) if self.outcomes else Sent(platform_id=f"p-{key}")


class Quiet(Wakeups):
    """Wakes and waits for nobody; ``woken`` tells of each wake-up."""

    def __init__(self) -> None:
        self.woken: asyncio.Queue[Work] = asyncio.Queue()

    def notify(self, work: Work) -> None:
        self.woken.put_nowait(work)

    async def wait(self, work: Work, seconds: float) -> None:
        await asyncio.sleep(3600)


def lane(engine: Engine, speaker: Speaker | None = None, wakeups: Wakeups | None = None) -> CodeLane:
    channels: Mapping[Channel, FakePort] = {Channel.OFFICIAL: speaker or Speaker()}
    return CodeLane(engine.database, channels, wakeups or Quiet(), engine.clock, jitter=lambda: 0.0)


async def owes(engine: Engine, key: str = "e1:code", to: Address = WANG, life: timedelta = LIFE) -> None:
    """An event granted a code, and its words are written."""
    code = EventCode(code=f"code of {key}", expires_at=engine.clock.now() + life)
    async with engine.database.writing() as connection:
        draft = OutboxDraft(
            key=key,
            conversation_id=to.conversation_id,
            epoch=0,
            kind=ReplyKind.TRANSITION,
            body=to_stored(CodedReply(code=code, reply=TextReply(text="欢迎"))),
            created_ms=now_ms(),
            by_code=True,
        )
        assert await say_once(connection, draft)


async def lapse(engine: Engine) -> None:
    async with engine.database.writing() as connection:
        await connection.execute(update(outbox).values(due_ms=0))


def record(dispatch: Dispatch, state: OutboxState = OutboxState.SENT, outcome: str = "sent") -> Record:
    return Record(dispatch=dispatch, state=state, outcome=outcome, platform_id="p1")


async def outcomes(engine: Engine) -> list[tuple[str, str, int]]:
    return [(row.route, row.outcome, row.attempt) for row in await engine.rows(deliveries)]


async def test_a_code_is_claimed_once_and_its_name_is_kept(engine: Engine) -> None:
    await owes(engine)
    first, second = await asyncio.gather(lane(engine).claim(10), lane(engine).claim(10))
    (dispatch,) = [*first, *second]
    assert (dispatch.address, dispatch.key, dispatch.attempts) == (WANG, "e1:code", 1)
    assert (dispatch.repeatable, dispatch.trigger) == (True, None)
    (row,) = await engine.rows(outbox)
    assert (row.state, row.send_key) == ("sending", "e1:code")


async def test_oldest_first_and_no_more_than_asked_for(engine: Engine) -> None:
    for number in range(5):
        await owes(engine, f"e{number}:code")
    codes = lane(engine)
    assert [dispatch.key for dispatch in await codes.claim(3)] == ["e0:code", "e1:code", "e2:code"]
    assert [dispatch.key for dispatch in await codes.claim(3)] == ["e3:code", "e4:code"]


async def test_it_waits_for_no_line_and_for_no_owner(engine: Engine) -> None:
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "一", "二")
    await engine.dispatch_one()  # somebody is speaking
    async with engine.database.writing() as connection:
        await connection.execute(update(conversations).values(owner="agent", agent="lan", epoch=7))
    await owes(engine)
    assert [dispatch.key for dispatch in await lane(engine).claim(10)] == ["e1:code"]


async def test_the_line_leaves_codes_alone(engine: Engine) -> None:
    await engine.arrives(wait_ms=0)
    await owes(engine)
    assert await engine.deliveries.claim(10) == ([], False)
    await engine.answers(await engine.claim_one(), "好")
    assert (await engine.dispatch_one()).reply == TextReply(text="好")


async def test_a_code_that_has_ended_greets_nobody(engine: Engine) -> None:
    await owes(engine, "late:code")
    engine.clock.advance(seconds=LIFE.total_seconds())
    await owes(engine, "live:code")
    assert [dispatch.key for dispatch in await lane(engine).claim(10)] == ["live:code"]
    assert [(row.state, row.error) for row in await engine.rows(outbox)] == [
        ("withheld", "the code has ended, or its channel is off"),
        ("sending", None),
    ]


async def test_a_dead_senders_code_is_sent_again_under_the_same_name(engine: Engine) -> None:
    await owes(engine)
    codes = lane(engine)
    (lost,) = await codes.claim(10)
    assert await codes.claim(10) == []
    await lapse(engine)
    (again,) = await codes.claim(10)
    assert (again.key, again.attempts) == (lost.key, 2)
    await codes.record(record(lost))  # it was only slow: its word does not count any more
    assert await engine.states() == ["sending"]
    await codes.record(record(again))
    assert await engine.states() == ["sent"]
    assert await outcomes(engine) == [("code", "unknown", 1), ("code", "sent", 2)]


async def test_a_send_cut_off_is_on_record_though_the_code_has_ended(engine: Engine) -> None:
    await owes(engine)
    await lane(engine).claim(10)
    await lapse(engine)
    engine.clock.advance(seconds=LIFE.total_seconds())
    assert await lane(engine).claim(10) == []
    assert await engine.states() == ["withheld"]
    assert await outcomes(engine) == [("code", "unknown", 1)]


async def test_the_lease_is_longer_than_a_send(engine: Engine) -> None:
    await owes(engine)
    before = now_ms()
    await lane(engine).claim(10)
    (row,) = await engine.rows(outbox)
    assert row.due_ms >= before + LEASE_MS


async def test_an_end_is_recorded_once(engine: Engine) -> None:
    await owes(engine)
    codes = lane(engine)
    (dispatch,) = await codes.claim(10)
    await codes.record(record(dispatch))
    await codes.record(record(dispatch, OutboxState.DEAD, "refused"))
    (row,) = await engine.rows(outbox)
    assert (row.state, row.platform_id, row.sent_ms is not None) == ("sent", "p1", True)
    assert await outcomes(engine) == [("code", "sent", 1)]


async def test_what_was_not_sent_is_due_again_later(engine: Engine) -> None:
    await owes(engine)
    codes = lane(engine)
    (dispatch,) = await codes.claim(10)
    again = replace(record(dispatch, OutboxState.PENDING, "not_sent"), platform_id=None, due_in_ms=60_000)
    await codes.record(again)
    (row,) = await engine.rows(outbox)
    assert (row.state, row.platform_id, row.sent_ms) == ("pending", None, None)
    assert await codes.claim(10) == []
    await lapse(engine)
    assert [dispatch.attempts for dispatch in await codes.claim(10)] == [2]


async def test_a_new_edition_has_a_new_name(engine: Engine) -> None:
    """The platform reported the first as not arrived, and a person replayed it."""
    await owes(engine)
    async with engine.database.writing() as connection:
        await connection.execute(update(outbox).values(edition=1))
    assert [dispatch.key for dispatch in await lane(engine).claim(10)] == ["e1:code~1"]


@pytest.mark.parametrize(
    ("outcome", "state", "word"),
    [
        (Sent(platform_id="p9"), "sent", "sent"),
        (Refused(reason="95030"), "dead", "refused"),
        (OutcomeUnknown(reason="lost"), "pending", "unknown"),
    ],
)
async def test_running_it_spends_the_code_and_says_how_that_ended(
    engine: Engine, outcome: SendOutcome, state: str, word: str
) -> None:
    await owes(engine)
    wakeups, speaker = Quiet(), Speaker(outcomes=[outcome])
    running = asyncio.create_task(lane(engine, speaker, wakeups).run())
    assert await asyncio.wait_for(wakeups.woken.get(), PATIENCE) is Work.CODES
    running.cancel()
    await asyncio.wait({running})
    assert speaker.said == ["e1:code"]
    assert await engine.states() == [state]
    assert await outcomes(engine) == [("code", word, 1)]


async def test_a_stop_lets_the_send_under_way_end(engine: Engine) -> None:
    started, may_end = asyncio.Event(), asyncio.Event()

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Slow(Speaker):
        async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
            started.set()
            await may_end.wait()
            return Sent()

    await owes(engine)
    running = asyncio.create_task(lane(engine, Slow()).run())
    await asyncio.wait_for(started.wait(), PATIENCE)
    running.cancel()
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.wait({running})
    assert await engine.states() == ["sent"]
