"""Replies as answers to callbacks, and as messages of their own."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from channels.aibot.passive import MAX_BYTES, pushed, render
from conversations.replies import (
    CardReply,
    CardUpdate,
    Choice,
    CodedReply,
    EventCode,
    ImageReply,
    LinkReply,
    LocationReply,
    MenuReply,
    MiniProgramReply,
    Reply,
    TextReply,
    TransferReply,
)
from tests.unit.channels.aibot.bot import NOW, ZHANG, ZHANG_IN_GROUP

CARD = CardReply(task_id="case-1", card={"card_type": "button_interaction"})
WELCOME = CodedReply(code=EventCode(code="welcome", expires_at=NOW), reply=TextReply(text="你好"))


def rendered(reply: Reply) -> dict[str, object]:
    body = render(reply, ZHANG, NOW)
    assert body is not None
    parsed: dict[str, object] = json.loads(body)
    return parsed


def test_a_text_is_a_stream_that_is_whole_at_once() -> None:
    body = rendered(TextReply(text="你好\x00"))
    stream = body["stream"]
    assert isinstance(stream, dict)
    assert body["msgtype"] == "stream"
    assert (stream["finish"], stream["content"]) == (True, "你好")


def test_the_same_answer_has_the_same_stream_and_another_one_another() -> None:
    def stream_id(text: str, after: int = 0) -> object:
        body = render(TextReply(text=text), ZHANG, NOW + timedelta(seconds=after))
        return json.loads(body or "")["stream"]["id"]

    assert stream_id("a") == stream_id("a")
    assert len({stream_id("a"), stream_id("b"), stream_id("a", after=1)}) == 3


def test_the_welcome_is_a_plain_text() -> None:
    assert rendered(WELCOME) == {"msgtype": "text", "text": {"content": "你好"}}


def test_a_card_and_its_update() -> None:
    assert rendered(CARD) == {
        "msgtype": "template_card",
        "template_card": {"card_type": "button_interaction", "task_id": "case-1"},
    }
    body = render(CardUpdate(response_code="case-1", button="已由 zhang 接入"), ZHANG_IN_GROUP, NOW)
    update = json.loads(body or "")
    assert update["response_type"] == "update_template_card"
    assert update["userids"] == ["zhang"]
    assert update["template_card"]["task_id"] == "case-1"
    assert update["template_card"]["button_list"][0]["text"] == "已由 zhang 接入"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (MenuReply(head="哪个？", choices=(Choice(id="a", label="甲"),), tail="完"), "哪个？\n1. 甲\n完"),
        (LinkReply(title="题", url="https://x.cn", description="说明"), "[题](https://x.cn)\n说明"),
        (LocationReply(name="门店", address="一号", latitude=1, longitude=1), "门店\n一号"),
    ],
)
def test_what_can_be_said_in_words(reply: Reply, words: str) -> None:
    assert pushed(reply) == {"msgtype": "markdown", "markdown": {"content": words}}


@pytest.mark.parametrize(
    "reply",
    [
        TextReply(text="  "),
        TextReply(text="长" * (MAX_BYTES // 3 + 1)),
        ImageReply(media_id="m"),
        MiniProgramReply(app_id="a", page="p.html", title="t", thumb_media_id="m"),
        TransferReply(),
        CodedReply(code=WELCOME.code, reply=TextReply(text="长" * 683)),
    ],
)
def test_what_cannot_be_said(reply: Reply) -> None:
    assert render(reply, ZHANG, NOW) is None
    assert pushed(reply) is None


def test_what_fits_exactly_is_said() -> None:
    assert render(TextReply(text="a" * MAX_BYTES), ZHANG, NOW) is not None


def test_a_card_may_be_pushed_but_what_answers_an_event_may_not() -> None:
    assert pushed(CARD) == rendered(CARD)
    assert pushed(WELCOME) is None
    assert pushed(CardUpdate(response_code="case-1", button="好")) is None
