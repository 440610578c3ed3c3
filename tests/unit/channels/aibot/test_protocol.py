"""Callback fields become typed messages and events; nothing that the platform may send raises."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.aibot.peers import UNKNOWN_PEER, Peer
from channels.aibot.protocol import read, without_mention
from channels.body import parse_body
from conversations.address import Address
from conversations.inbound import (
    CardClicked,
    Content,
    EnteredSession,
    File,
    Image,
    Inbound,
    MessageKey,
    Notification,
    Text,
    Trigger,
    Unrecognised,
    Video,
    Voice,
)
from conversations.replies import EventCode
from tests.unit.channels.aibot import bot

KEY = MessageKey("k")
ID = "CAIQz7/MjQYY"


def heard(callback: dict[str, object], *, bot_name: str = "") -> Inbound:
    fields = parse_body(json.dumps(callback, ensure_ascii=False).encode())
    return read(fields, KEY, bot_name=bot_name, received_at=bot.NOW)


def test_a_text() -> None:
    assert heard(bot.message()) == Inbound(
        key=KEY, address=bot.ZHANG, content=Text(text="运费多少"), sent_at=bot.NOW, trigger=Trigger.MESSAGE
    )


def test_a_text_in_a_group_is_the_members_own_conversation_there() -> None:
    inbound = heard(bot.in_group(text={"content": "@小二 运费多少"}))
    assert inbound.address == bot.ZHANG_IN_GROUP
    assert inbound.content == Text(text="运费多少")
    assert Address.parse(inbound.address.conversation_id) == bot.ZHANG_IN_GROUP
    assert Peer.parse(inbound.address.peer) == Peer(userid="zhang", chatid="wrGROUP")
    assert Peer.parse("zhang") == Peer(userid="zhang")


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        ("@小二 运费多少", "", "运费多少"),
        ("@小二\u2005运费多少", "", "运费多少"),
        ("运费多少 @小二", "", "运费多少"),
        ("@小二", "", ""),
        ("@小二 帮 @张三 查运费", "", "帮 @张三 查运费"),
        ("帮 @张三 查运费 @店 小二", "店 小二", "帮 @张三 查运费"),
        ("请看 @店小二 运费", "店小二", "请看   运费"),
        ("a@b.cn 是谁的", "", "a@b.cn 是谁的"),
    ],
)
def test_the_mention_of_the_bot_is_no_part_of_a_question(text: str, name: str, left: str) -> None:
    assert without_mention(text, name) == left


def test_a_mention_alone_is_an_empty_question_and_alone_nothing_is_a_mention() -> None:
    assert heard(bot.in_group(text={"content": "@小二"})).content == Text(text="")
    assert heard(bot.message(text={"content": "@小二 在吗"})).content == Text(text="@小二 在吗")


@pytest.mark.parametrize(
    ("kind", "part", "content"),
    [
        ("image", {"url": "https://x.cn/1"}, Image(media_id=ID, url="https://x.cn/1")),
        ("image", {"url": "https://x.cn/1", "aeskey": "k"}, Image(media_id=ID, url="https://x.cn/1")),
        ("voice", {"content": "运费多少"}, Voice(media_id=ID, recognition="运费多少")),
        ("voice", {}, Voice(media_id=ID)),
        ("file", {"url": "https://x.cn/1"}, File(media_id=ID)),
        ("video", {"url": "https://x.cn/1"}, Video(media_id=ID)),
        (
            "mixed",
            {
                "msg_item": [
                    {"msgtype": "text", "text": {"content": "这个"}},
                    {"msgtype": "image", "image": {"url": "https://x.cn/1"}},
                    {"msgtype": "text", "text": {"content": "多少钱"}},
                ]
            },
            Text(text="这个\n多少钱"),
        ),
        (
            "mixed",
            {"msg_item": [{"msgtype": "image", "image": {"url": "https://x.cn/1"}}]},
            Image(media_id=ID, url="https://x.cn/1"),
        ),
    ],
)
def test_other_messages(kind: str, part: dict[str, object], content: Content) -> None:
    inbound = heard(bot.message(msgtype=kind, text=None, **{kind: part}))
    assert inbound.content == content
    assert inbound.trigger is Trigger.MESSAGE


def test_a_quotation_is_not_taken_for_the_question() -> None:
    quote = {"msgtype": "text", "text": {"content": "别的"}}
    assert heard(bot.message(quote=quote)).content == Text(text="运费多少")


def test_opening_the_chat_gives_the_right_to_greet_for_five_seconds() -> None:
    inbound = heard(bot.event("enter_chat"))
    code = EventCode(code="welcome", expires_at=bot.NOW + timedelta(seconds=5))
    assert inbound.content == EnteredSession(code=code)
    assert inbound.trigger is None


def test_a_tap_on_a_card() -> None:
    chosen = {"selected_item": [{"question_key": "q", "option_ids": {"option_id": ["a", "b"]}}]}
    assert heard(bot.card_event(selected_items=chosen)).content == CardClicked(
        card_type="button_interaction",
        task_id="case-1",
        key="case.take:m1:case",
        response_code="case-1",
        selected={"q": ("a", "b")},
    )


def test_an_event_that_brings_an_address_can_be_answered_later() -> None:
    tapped = bot.card_event() | {"response_url": bot.URL}
    assert heard(tapped).trigger is Trigger.MESSAGE
    assert heard(bot.card_event()).trigger is None


@pytest.mark.parametrize("name", ["feedback_event", "disconnected_event"])
def test_events_that_want_no_answer(name: str) -> None:
    content = heard(bot.event(name)).content
    assert isinstance(content, Notification)
    assert content.name == name


@pytest.mark.parametrize(
    "callback",
    [
        bot.message(msgtype="hologram"),
        bot.message(msgtype=None),
        bot.message(text={"content": ""}),
        bot.message(text="no object"),
        bot.message(msgtype="mixed", text=None, mixed={}),
        bot.event("something_new"),
        bot.event("template_card_event"),
    ],
)
def test_what_we_do_not_know_is_kept_and_opens_nothing(callback: dict[str, object]) -> None:
    inbound = heard(callback | {"response_url": ""})
    assert isinstance(inbound.content, Unrecognised)
    assert inbound.trigger is None


@pytest.mark.parametrize(
    "changed",
    [
        {"from": {}},
        {"from": "zhang"},
        {"from": {"userid": "a:b"}},
        {"from": {"userid": "a/b"}},
        {"chattype": "group"},
        {"chattype": "group", "chatid": "a:b"},
    ],
)
def test_nobody_is_answered_where_the_sender_is_absurd(changed: dict[str, object]) -> None:
    assert heard(bot.message() | changed).address.peer == UNKNOWN_PEER


ABSURD = ("from", "chatid", "chattype", "create_time", "text", "mixed", "voice", "event")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("from", "chatid", "chattype", "create_time", "text", "mixed", "voice", "event"), json_values
        ),
    ),
    st.sampled_from(["text", "mixed", "voice", "image", "event", "stream"]),
)
def test_reading_never_raises(absurd: dict[str, object], kind: str) -> None:
    inbound = heard(bot.message(msgtype=kind) | absurd)
    assert ":" not in inbound.address.peer
