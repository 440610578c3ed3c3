"""Frames of the long connection, and which callback takes which answer."""

from __future__ import annotations

import json

import pytest

from channels.aibot import frames
from channels.aibot.answering import UnansweredCallbacks
from channels.limits.windows import AIBOT_STREAM
from tests.unit.channels.aibot import bot


def callback(body: dict[str, object], cmd: str = frames.MESSAGE_CALLBACK) -> frames.Frame:
    frame = frames.parse(json.dumps({"cmd": cmd, "headers": {"req_id": "r1"}, "body": body}))
    assert frame is not None
    return frame


def test_a_callback_and_an_acknowledgement() -> None:
    frame = callback(bot.message())
    assert (frame.cmd, frame.req_id, frame.errcode) == (frames.MESSAGE_CALLBACK, "r1", None)
    assert frame.body["create_time"] == bot.SECONDS
    ack = frames.parse('{"headers":{"req_id":"r2"},"errcode":0,"errmsg":"ok"}')
    assert ack is not None
    assert (ack.cmd, ack.req_id, ack.errcode, ack.errmsg) == ("", "r2", 0, "ok")
    refused = frames.parse('{"headers":{"req_id":"r2"},"errcode":-1}')
    assert refused is not None
    assert refused.errcode == -1


@pytest.mark.parametrize("text", ["", "[]", "no", '{"a":', "<xml/>", "\ud800"])
def test_what_is_no_frame(text: str) -> None:
    assert frames.parse(text) is None


@pytest.mark.parametrize("text", ["{}", '{"headers":7,"body":[],"errcode":"x"}'])
def test_an_empty_frame_names_nobody(text: str) -> None:
    frame = frames.parse(text)
    assert frame is not None
    assert (frame.cmd, frame.req_id, frame.body, frame.errcode) == ("", "", {}, None)


def test_a_frame_of_ours() -> None:
    assert json.loads(frames.written(frames.PING, "r", None)) == {"cmd": "ping", "headers": {"req_id": "r"}}
    assert json.loads(frames.written("x", "r", {"a": "你"}))["body"] == {"a": "你"}
    assert frames.new_req_id("ping") != frames.new_req_id("ping")


@pytest.mark.parametrize(
    ("body", "cmd", "answer"),
    [
        (bot.message(), frames.MESSAGE_CALLBACK, frames.RESPOND),
        (bot.event("enter_chat"), frames.EVENT_CALLBACK, frames.WELCOME),
        (bot.card_event(), frames.EVENT_CALLBACK, frames.UPDATE),
        (bot.event("feedback_event"), frames.EVENT_CALLBACK, None),
    ],
)
def test_each_callback_takes_one_kind_of_answer(
    body: dict[str, object], cmd: str, answer: str | None
) -> None:
    assert frames.answered_by(callback(body, cmd)) == answer


@pytest.mark.parametrize(
    ("body", "cmd"),
    [
        ({"msgtype": "stream"}, frames.RESPOND),
        ({"msgtype": "template_card"}, frames.RESPOND),
        ({"msgtype": "text"}, frames.WELCOME),
        ({"response_type": "update_template_card"}, frames.UPDATE),
    ],
)
def test_each_answer_goes_by_its_own_command(body: dict[str, object], cmd: str) -> None:
    assert frames.responding(body) == cmd


def test_a_callback_is_given_out_once_for_its_kind_of_answer_and_not_for_ever() -> None:
    seconds = 0.0
    waiting = UnansweredCallbacks(now=lambda: seconds)
    zhang = bot.ZHANG.conversation_id
    waiting.add(zhang, "r1", frames.RESPOND)
    waiting.add(zhang, "r2", frames.RESPOND)
    assert waiting.take(zhang, frames.WELCOME) is None
    assert waiting.take(zhang, frames.RESPOND) == "r2"
    assert waiting.take(zhang, frames.RESPOND) is None
    waiting.add(zhang, "r3", frames.RESPOND)
    seconds = AIBOT_STREAM.lasts.total_seconds()
    assert waiting.take(zhang, frames.RESPOND) is None
    waiting.add(zhang, "r4", frames.RESPOND)
    waiting.forget()
    assert waiting.take(zhang, frames.RESPOND) is None
