"""The 智能机器人 over callbacks: streams, response_url, cards, what a wrong reply leads to, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from simulator.aibot.envelope import BotEnvelope
from simulator.crypto import sign
from simulator.envelope import ReplyDefect
from tests.functional.simulator.aibot_world import (
    BOT_TOKEN,
    CARD,
    CIPHER,
    Json,
    JsonBot,
    Sim,
    serve,
    simulator,
    stream,
)


@pytest.fixture
async def bot() -> JsonBot:
    return JsonBot()


@pytest.fixture
async def sim(bot: JsonBot) -> AsyncIterator[Sim]:
    runner, url = await serve(bot.app())
    async with simulator(f"{url}/bot") as running:
        yield running
    await runner.cleanup()


async def test_verification(sim: Sim) -> None:
    assert (await sim.call("POST", "aibot/verify"))["ok"]


async def test_a_stream_is_asked_for_until_it_is_finished(sim: Sim, bot: JsonBot) -> None:
    def grow(body: Json) -> Json:
        polls = sum(seen["msgtype"] == "stream" for seen in bot.seen)
        return stream("好" * (polls + 1), finish=polls == 3)

    bot.answer = grow
    lines = await sim.say("wang", "你好")
    assert [(line["content"]["text"], line["finished"]) for line in lines] == [("好好好好", True)]
    assert [body["msgtype"] for body in bot.seen] == ["text", "stream", "stream", "stream"]
    first = bot.seen[0]
    assert (first["chattype"], first["from"], first["text"]) == (
        "single",
        {"userid": "wang"},
        {"content": "你好"},
    )
    assert bot.seen[1]["stream"] == {"id": "S1"}
    assert sim.violations == {}


async def test_a_stream_that_never_ends_is_given_up_after_six_minutes(sim: Sim, bot: JsonBot) -> None:
    bot.answer = lambda _: stream("…", finish=False)
    await sim.call("POST", "aibot/rooms/wang/say?wait=answer&timeout=1", {"text": "在吗"})
    await sim.call("POST", "clock", {"advance_seconds": 361})
    await sim.settled()
    assert sim.violations == {"aibot-stream-unfinished": 1}


async def test_a_lost_answer_is_asked_for_again_with_the_same_msgid(sim: Sim, bot: JsonBot) -> None:
    bot.answer = lambda _: stream("好")
    await sim.call("POST", "faults", {"side": "callback", "kind": "drop_response", "count": 1})
    assert len(await sim.say("wang", "你好")) == 1
    assert [body["msgid"] for body in bot.seen] == [bot.seen[0]["msgid"]] * 2
    assert sim.violations == {}


async def test_groups_hear_what_the_bot_was_asked_there(sim: Sim, bot: JsonBot) -> None:
    bot.answer = lambda _: stream("在")
    await sim.call("PUT", "aibot/groups/g1", {"name": "值班群", "members": ["wang", "li"]})
    assert len(await sim.say("g1", "值班表", user="li")) == 1
    assert bot.seen[0]["chattype"] == "group"
    assert bot.seen[0]["chatid"] == "g1"
    assert bot.seen[0]["text"]["content"] == "@AIB1 值班表"
    await sim.call("POST", "aibot/rooms/g1/say", {"text": "x", "user": "zhao"}, status=400)
    await sim.call("POST", "aibot/rooms/g1/say", {"text": "x", "user": "li", "mention": False}, status=400)


async def test_response_url_serves_once_and_within_an_hour(sim: Sim, bot: JsonBot) -> None:
    for text in ("一", "二"):
        await sim.call("POST", "aibot/rooms/wang/say", {"text": text})
        await sim.settled()
    first, second = (body["response_url"] for body in bot.seen)
    said = {"msgtype": "markdown", "markdown": {"content": "**好**"}}

    async def respond(url: str) -> int:
        async with sim.session.post(url, json=said) as response:
            return int((await response.json())["errcode"])

    assert await respond(first) == 0
    assert await respond(first) != 0
    await sim.call("POST", "clock", {"advance_seconds": 3601})
    assert await respond(second) != 0
    assert sim.violations == {"aibot-response-url": 2}


async def test_welcome_and_card_and_feedback(sim: Sim, bot: JsonBot) -> None:
    answers: dict[str, Json | None] = {
        "enter_chat": {"msgtype": "text", "text": {"content": "您好"}},
        "template_card_event": {
            "response_type": "update_template_card",
            "template_card": {**CARD, "main_title": {"title": "已接单"}},
        },
        "feedback_event": None,
    }

    def answer(body: Json) -> Json | None:
        if body["msgtype"] == "event":
            return answers[body["event"]["eventtype"]]
        return {
            **stream("看", feedback={"id": "F1"}),
            "msgtype": "stream_with_template_card",
            "template_card": CARD,
        }

    bot.answer = answer
    entered = await sim.call("POST", "aibot/people/wang/enter?wait=answer&timeout=5")
    assert entered["lines"][0]["content"] == {"text": "您好"}
    lines = await sim.say("wang", "有单吗")
    assert [line["kind"] for line in lines] == ["stream", "template_card"]
    await sim.call("POST", "aibot/rooms/wang/click", {"task_id": "t1", "key": "take"})
    await sim.settled()
    shown = (await sim.call("GET", "aibot/rooms/wang/transcript"))["lines"]
    assert shown[-1]["content"]["main_title"] == {"title": "已接单"}
    rated = {"line": lines[0]["number"], "type": 2}
    await sim.call("POST", "aibot/rooms/wang/rate", rated)
    await sim.settled()
    assert bot.seen[-1]["event"]["feedback_event"] == {"id": "F1", "type": 2}
    assert sim.violations == {}


async def test_a_card_event_is_delivered_once(sim: Sim, bot: JsonBot) -> None:
    bot.answer = lambda body: (
        None if body["msgtype"] == "event" else {"msgtype": "template_card", "template_card": CARD}
    )
    await sim.say("wang", "有单吗")
    await sim.call(
        "POST",
        "faults",
        {"side": "callback", "kind": "drop_response", "path": "aibot:event:template_card_event"},
    )
    await sim.call("POST", "aibot/rooms/wang/click", {"task_id": "t1", "key": "take"})
    await sim.settled()
    assert sum(body["msgtype"] == "event" for body in bot.seen) == 1


@pytest.mark.parametrize(
    "reply",
    [
        {"msgtype": "text", "text": {"content": "文字不能回答消息"}},
        {"msgtype": "stream", "stream": {"id": "", "content": "x"}},
        stream("x" * 20_481),
        {**stream("x"), "extra": 1},
        stream("x", finish=False, msg_item=[{"msgtype": "image"}]),
        stream("x", msg_item=[{"msgtype": "image", "image": {"base64": "QUJD", "md5": "0"}}]),
        {"msgtype": "template_card", "template_card": {"card_type": "button_interaction"}},
        {"msgtype": "template_card", "template_card": {"card_type": "poster"}},
    ],
)
async def test_wrong_replies_are_noticed(sim: Sim, bot: JsonBot, reply: Json) -> None:
    bot.answer = lambda _: reply
    await sim.call("POST", "aibot/rooms/wang/say", {"text": "在吗"})
    await sim.settled()
    assert sim.violations == {"aibot-malformed-reply": 1}


def test_the_reply_envelope_is_read_strictly() -> None:
    envelope = BotEnvelope(token=BOT_TOKEN, cipher=CIPHER)
    sealed = CIPHER.seal(b"{}")
    good = {
        "encrypt": sealed,
        "msgsignature": sign(BOT_TOKEN, "1", "n", sealed),
        "timestamp": 1,
        "nonce": "n",
    }
    assert envelope.unwrap(json.dumps(good).encode(), "n") == b"{}"
    for wrong in ({"timestamp": "1"}, {"nonce": "m"}, {"msgsignature": "0"}, {"more": 1}):
        with pytest.raises(ReplyDefect):
            envelope.unwrap(json.dumps(good | wrong).encode(), "n")
