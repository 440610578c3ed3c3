"""A callback is kept once, and answered on its own line or by the delivery, never by both."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.answers import AnswerBoard
from bot.callbacks_seen import CallbacksSeen
from bot.reception import Reception
from bot.wakeups import Wakeups, Work
from channels.aibot.adapter import AibotChannel
from channels.aibot.envelope import message_key
from channels.body import parse_body
from channels.outcomes import SendOutcome, Sent
from channels.sealing import OpenedCallback
from conversations.address import Address, Channel
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


def reception(engine: Engine, told: Told, *, wait: float = 4.0) -> Reception:
    return Reception(
        name=Channel.AIBOT,
        channel=AibotChannel(bot.settings(mode="connection"), Mute(), engine.clock),
        inbox=engine.inbox,
        board=AnswerBoard(engine.inbox.decided, pause=_soon),
        wakeups=told,
        wait_seconds=wait,
        clock=engine.clock,
        seen=CallbacksSeen(engine.database),
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
    receiving = asyncio.create_task(reception(engine, told).take(callback()))
    await stored(told)
    await engine.answers(await engine.claim_one(), "好", "还有", passive=True)
    heard = await receiving
    assert heard.text == "<xml>好</xml>"
    assert await engine.states() == ["offered", "pending"]
    await reception(engine, told).written(heard)
    assert await engine.states() == ["sent", "pending"]
    assert told.work == [Work.TURNS, Work.SENDS]


async def test_without_an_answer_in_time_the_delivery_says_it(engine: Engine, told: Told) -> None:
    heard = await reception(engine, told, wait=0.05).take(callback())
    assert heard.text is None
    await engine.answers(await engine.claim_one(), "好", passive=True)
    assert await engine.states() == ["pending"]


async def test_who_never_waits_is_answered_by_the_delivery(engine: Engine, told: Told) -> None:
    assert (await reception(engine, told, wait=0.0).take(callback())).text is None
    (row,) = await engine.rows(inbox)
    assert (row.answer, row.conversation_id) == ("active", bot.ZHANG.conversation_id)


async def test_a_callback_that_is_handed_over_again_is_kept_once(engine: Engine, told: Told) -> None:
    receiving = reception(engine, told, wait=0.05)
    await receiving.take(callback())
    await receiving.take(callback())
    await receiving.take(callback("m2"))
    assert [row.key for row in await engine.rows(inbox)] == [callback().key, callback("m2").key]
    assert told.work == [Work.TURNS, Work.TURNS]
