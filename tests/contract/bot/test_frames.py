"""Callbacks of the long connection are kept once, and answered over it or by the delivery, never by both."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.answers import AnswerBoard
from bot.frames import FrameInbox
from bot.settings import InboxSettings
from bot.wakeups import Wakeups, Work
from channels.aibot.adapter import AibotChannel
from channels.aibot.envelope import message_key
from channels.body import parse_body
from channels.outcomes import SendOutcome, Sent
from channels.sealing import OpenedCallback
from conversations.address import Address
from conversations.replies import Reply
from storage.schema import inbox
from tests.contract.bot.engine import Engine
from tests.unit.channels.aibot import bot


class Mute:
    """A connection on which nothing is ever said."""

    here = True

    async def say(self, reply: Reply, to: Address) -> SendOutcome:
        return Sent()


class Told(Wakeups):
    """Remembers what was woken."""

    def __init__(self) -> None:
        self.work: list[Work] = []

    def notify(self, work: Work) -> None:
        self.work.append(work)


def callback(msgid: str = "m1") -> OpenedCallback:
    raw = json.dumps(bot.message(msgid=msgid)).encode()
    fields = parse_body(raw)
    return OpenedCallback(fields=fields, key=message_key(bot.BOT, fields, raw), as_json=True)


@pytest.fixture
def told() -> Told:
    return Told()


def frames(engine: Engine, told: Told, *, wait: float = 4.0) -> FrameInbox:
    return FrameInbox(
        channel=AibotChannel(bot.settings(mode="connection"), Mute(), engine.clock),
        inbox=engine.inbox,
        board=AnswerBoard(engine.inbox.decided, pause=_soon),
        wakeups=told,
        settings=InboxSettings(passive_wait_seconds=wait),
        clock=engine.clock,
    )


async def _soon(_seconds: float) -> None:
    await asyncio.sleep(0.01)


async def stored(told: Told) -> None:
    for _ in range(1000):
        if Work.TURNS in told.work:
            return
        await _soon(0)


async def test_an_answer_in_time_is_handed_back_and_marked_once_it_went_out(
    engine: Engine, told: Told
) -> None:
    receiving = asyncio.create_task(frames(engine, told).receive(callback()))
    await stored(told)
    await engine.answers(await engine.claim_one(), "好", "还有", passive=True)
    answer = await receiving
    assert answer is not None
    assert answer.body == "<xml>好</xml>"
    assert await engine.states() == ["offered", "pending"]
    await answer.written()
    assert await engine.states() == ["sent", "pending"]
    assert told.work == [Work.TURNS, Work.SENDS]


async def test_without_an_answer_in_time_the_delivery_says_it(engine: Engine, told: Told) -> None:
    assert await frames(engine, told, wait=0.05).receive(callback()) is None
    await engine.answers(await engine.claim_one(), "好", passive=True)
    assert await engine.states() == ["pending"]


async def test_who_never_waits_is_answered_by_the_delivery(engine: Engine, told: Told) -> None:
    assert await frames(engine, told, wait=0.0).receive(callback()) is None
    (row,) = await engine.rows(inbox)
    assert (row.answer, row.conversation_id) == ("active", bot.ZHANG.conversation_id)


async def test_a_callback_that_is_handed_over_again_is_kept_once(engine: Engine, told: Told) -> None:
    receiving = frames(engine, told, wait=0.05)
    await receiving.receive(callback())
    await receiving.receive(callback())
    await receiving.receive(callback("m2"))
    assert [row.key for row in await engine.rows(inbox)] == [callback().key, callback("m2").key]
    assert told.work == [Work.TURNS, Work.TURNS]
