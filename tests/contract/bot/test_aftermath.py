"""What a transfer changes beside itself: the owner and what is said of it, in one transaction, once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from bot.dead import replay
from bot.delivery_store import DeliveryStore
from bot.dispatch import Aftermath, Dispatch, Record
from bot.turns import Finished, Speech
from conversations.ownership import Owner
from conversations.replies import CodedReply, EventCode, Reply, ReplyKind, TextReply, TransferReply, to_stored
from storage.outbox import OutboxState
from storage.schema import conversations, messages, outbox
from tests.contract.bot.engine import Engine, FakePort

TRANSFER = TransferReply(connecting="正在为您转接～", nobody="已记下")
WORDS = TextReply(text="正在为您转接～")
CODED = CodedReply(code=EventCode(code="c1", expires_at=datetime(2030, 1, 1, tzinfo=UTC)), reply=WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class KefuPort(FakePort):
    idempotent: bool = True
    hands_over: bool = True


@pytest.fixture
def deliveries(engine: Engine) -> DeliveryStore:
    """Of a platform that knows repetitions and has people."""
    return DeliveryStore(engine.database, worker="kefu", clock=engine.clock, port=lambda _: KefuPort())


async def says(engine: Engine, reply: Reply, kind: ReplyKind = ReplyKind.TRANSITION) -> None:
    await engine.arrives(wait_ms=0)
    await engine.turns.commit(
        Finished(
            claimed=await engine.claim_one(),
            speeches=(Speech(kind=kind, body=to_stored(reply)),),
            transcript="{}",
        )
    )


async def asks(engine: Engine, deliveries: DeliveryStore) -> Dispatch:
    """A transfer is under way."""
    await says(engine, TRANSFER)
    (dispatch,), _ = await deliveries.claim(10)
    assert dispatch.reply == TRANSFER
    return dispatch


def done(dispatch: Dispatch, after: Aftermath | None, state: OutboxState = OutboxState.SENT) -> Record:
    return Record(dispatch=dispatch, state=state, outcome="sent", after=after)


async def owner(engine: Engine) -> tuple[str, str | None, int]:
    (row,) = await engine.rows(conversations)
    return row.owner, row.agent, row.epoch


QUEUED = Aftermath(owner=Owner.QUEUE, says=WORDS)


async def test_the_new_owner_and_the_words_are_written_with_the_send(
    engine: Engine, deliveries: DeliveryStore
) -> None:
    dispatch = await asks(engine, deliveries)
    await deliveries.record(done(dispatch, QUEUED))
    assert await owner(engine) == ("queue", None, 1)
    _, follow_up = await engine.rows(outbox)
    assert (follow_up.key, follow_up.epoch, follow_up.kind, follow_up.lane, follow_up.state) == (
        f"{dispatch.key}:after",
        1,
        "transition",
        "line",
        "pending",
    )
    assert json.loads(follow_up.body) == {"type": "text", "text": WORDS.text}
    assert [row.author for row in await engine.rows(messages)] == ["customer", "bot", "bot"]
    (said,), _ = await deliveries.claim(10)
    assert said.reply == WORDS, "it speaks for the new owner, so it is not withheld"


async def test_words_with_a_code_wait_in_no_line(engine: Engine, deliveries: DeliveryStore) -> None:
    dispatch = await asks(engine, deliveries)
    await deliveries.record(done(dispatch, Aftermath(owner=Owner.AGENT, agent="lan", says=CODED)))
    assert await owner(engine) == ("agent", "lan", 1)
    assert [row.lane for row in await engine.rows(outbox)] == ["line", "code"]


async def test_with_nobody_there_the_bot_keeps_it_and_says_so(
    engine: Engine, deliveries: DeliveryStore
) -> None:
    dispatch = await asks(engine, deliveries)
    await deliveries.record(done(dispatch, Aftermath(says=TextReply(text=TRANSFER.nobody))))
    assert await owner(engine) == ("bot", None, 0)
    (said,), _ = await deliveries.claim(10)
    assert said.reply == TextReply(text=TRANSFER.nobody)


async def test_a_transfer_found_done_after_a_crash_says_its_words_once(
    engine: Engine, deliveries: DeliveryStore
) -> None:
    lost = await asks(engine, deliveries)
    await engine.lapse_leases()
    (again,), _ = await deliveries.claim(10)
    assert (again.key, again.repeatable) == (lost.key, True)
    await asyncio.gather(deliveries.record(done(lost, QUEUED)), deliveries.record(done(again, QUEUED)))
    assert await owner(engine) == ("queue", None, 1)
    assert await engine.states() == ["sent", "pending"]


async def test_a_slow_senders_word_does_not_count_even_in_the_same_group(
    engine: Engine, deliveries: DeliveryStore
) -> None:
    lost = await asks(engine, deliveries)
    await engine.lapse_leases()
    (again,), _ = await deliveries.claim(10)
    dead = Record(dispatch=lost, state=OutboxState.DEAD, outcome="refused")
    await asyncio.gather(
        deliveries.record(done(again, QUEUED)),
        deliveries.record(done(lost, Aftermath(owner=Owner.AGENT, agent="lan"))),
        deliveries.record(dead),
    )
    assert await owner(engine) == ("queue", None, 1)
    assert await engine.states() == ["sent", "pending"]


async def test_a_transfer_replayed_from_the_dead_list_says_its_words(
    engine: Engine, deliveries: DeliveryStore
) -> None:
    dispatch = await asks(engine, deliveries)
    await deliveries.record(done(dispatch, None, OutboxState.DEAD))
    name = f"out-{dispatch.outbox_ids[0]}"
    assert await replay(engine.database, [name]) == {name: True}
    (again,), _ = await deliveries.claim(10)
    await deliveries.record(done(again, QUEUED))
    assert await engine.states() == ["sent", "pending"]


async def test_a_follow_up_that_was_written_before_is_not_written_again(
    engine: Engine, deliveries: DeliveryStore
) -> None:
    """The same transfer runs twice because its outcome was put back by hand."""
    dispatch = await asks(engine, deliveries)
    await deliveries.record(done(dispatch, QUEUED))
    async with engine.database.writing() as connection:
        await connection.execute(update(outbox).where(outbox.c.id == 1).values(state="pending"))
        await connection.execute(update(conversations).values(owner="bot", epoch=0))
    (again,), _ = await deliveries.claim(10)
    await deliveries.record(done(again, QUEUED))
    assert len(await engine.rows(outbox)) == 2
    assert await owner(engine) == ("queue", None, 1)


async def test_whoever_took_the_session_before_it_was_written_down_keeps_it(
    engine: Engine, deliveries: DeliveryStore
) -> None:
    dispatch = await asks(engine, deliveries)
    async with engine.database.writing() as connection:
        await connection.execute(update(conversations).values(owner="agent", agent="lan", epoch=1))
    await deliveries.record(done(dispatch, QUEUED))
    assert await owner(engine) == ("agent", "lan", 1)


async def test_what_people_hold_is_withheld_with_what_stood_behind_it(
    engine: Engine, deliveries: DeliveryStore
) -> None:
    await says(engine, TextReply(text="一"), ReplyKind.CHAT)
    await says(engine, TextReply(text="二"), ReplyKind.CHAT)
    (dispatch,), _ = await deliveries.claim(10)
    held = Aftermath(owner=Owner.AGENT, agent="lan")
    await deliveries.record(done(dispatch, held, OutboxState.WITHHELD))
    assert await owner(engine) == ("agent", "lan", 1)
    assert (await deliveries.claim(10))[0] == []
    assert await engine.states() == ["withheld", "withheld"]


async def test_a_lost_send_keeps_its_name_and_its_company(engine: Engine, deliveries: DeliveryStore) -> None:
    """Replies that went out together are repeated together, under the name that the platform knows."""
    await says(engine, TextReply(text="零"), ReplyKind.CHAT)
    (first,), _ = await deliveries.claim(10)
    await deliveries.record(done(first, None))
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "一", "二", "三")
    (alone,), _ = await deliveries.claim(10)
    await deliveries.record(done(alone, None))
    (bundle,), _ = await deliveries.claim(10)
    assert len(bundle.outbox_ids) == 2
    lost = Record(dispatch=bundle, state=OutboxState.PENDING, outcome="unknown", unknown=True)
    await deliveries.record(lost)
    await engine.arrives(wait_ms=0)
    await engine.answers(await engine.claim_one(), "四")
    (again,), _ = await deliveries.claim(10)
    assert (again.outbox_ids, again.key, again.reply) == (bundle.outbox_ids, bundle.key, bundle.reply)
    assert (again.trigger, again.attempts, again.unknowns) == (None, 2, 1)
