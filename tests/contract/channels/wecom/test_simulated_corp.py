"""The app's channel against the simulated corp, which was written from the documents alone: its crypto is its own."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.wecom.envelope import WecomEnvelope
from channels.wecom.passive import render
from channels.wecom.protocol import App, read
from channels.wecom.sending import Sayable, message
from conversations.address import Address, Channel
from conversations.inbound import CardClicked, MessageKey, Text
from conversations.replies import (
    CardReply,
    CardUpdate,
    Choice,
    ImageReply,
    LinkReply,
    LocationReply,
    MenuReply,
    MiniProgramReply,
    Reply,
    TextReply,
)
from simulator.corp.envelope import CorpEnvelope, to_xml
from simulator.corpapp.cards import check_card
from simulator.corpapp.contents import Rules, read_content
from simulator.corpapp.replies import Answered, read_reply
from simulator.crypto import MessageCipher
from simulator.envelope import Stamp
from tests.unit.channels.wecom import vectors as v

AT = datetime.fromtimestamp(int(v.NOW), UTC)
STAMP = Stamp(timestamp=int(v.NOW), nonce="n-1")
PLATFORM = CorpEnvelope(
    token=v.V1_TOKEN,
    cipher=MessageCipher(key=base64.b64decode(v.V1_KEY + "="), receive_id=v.V1_CORP),
    corp_id=v.V1_CORP,
    agent_id=218,
)
APP = App(v.V1_CORP, 218)
ZHANG = Address(channel=Channel.WECOM, account="218", peer="zhangsan")
TEXTS = ("好", "几点开门？😊", "x]]></Content><Evil>1</Evil>", "a" * 11, "a" * 12, "字" * 600)
HEAD = {"ToUserName": v.V1_CORP, "FromUserName": "zhangsan", "CreateTime": int(v.NOW)}


def ours() -> WecomEnvelope:
    return v.envelope(v.NOW)


def answered(event: str | None = None) -> Answered:
    return Answered(userid="zhangsan", corp_id=v.V1_CORP, event=event, kind_of_file=lambda _: "image")


def test_its_verification_is_answered() -> None:
    query = PLATFORM.verification_query(STAMP, "4375120948345356249")
    assert ours().verify(query) == "4375120948345356249"


@pytest.mark.parametrize("text", TEXTS)
def test_its_callbacks_are_opened_and_read(text: str) -> None:
    clear = to_xml({**HEAD, "MsgType": "text", "Content": text, "MsgId": 77, "AgentID": 218})
    outgoing = PLATFORM.wrap(clear, STAMP)
    opened = ours().open(outgoing.query, outgoing.body)
    assert opened.key == f"wecom:{v.V1_CORP}:77"
    inbound = read(opened.fields, opened.key, APP)
    assert (inbound.content, inbound.address) == (Text(text=text), ZHANG)


@pytest.mark.parametrize("options", [["a"], ["a", "b"]])
def test_its_card_clicks_are_read_with_one_choice_or_two(options: list[str]) -> None:
    chosen = {"SelectedItem": [{"QuestionKey": "q1", "OptionIds": {"OptionId": options}}]}
    fields = {"MsgType": "event", "Event": "template_card_event", "EventKey": "send", "TaskId": "t"}
    clear = to_xml(
        {**HEAD, **fields, "CardType": "vote_interaction", "ResponseCode": "RC", "SelectedItems": chosen}
    )
    outgoing = PLATFORM.wrap(clear, STAMP)
    opened = ours().open(outgoing.query, outgoing.body)
    content = read(opened.fields, MessageKey("k"), APP).content
    assert isinstance(content, CardClicked)
    assert content.selected == {"q1": tuple(options)}


@pytest.mark.parametrize(
    ("reply", "event", "content"),
    [
        *[(TextReply(text=text), None, {"text": text}) for text in TEXTS],
        (MenuReply(head="选：", choices=(Choice(id="1", label="接入"),)), None, {"text": "选：\n1. 接入"}),
        (ImageReply(media_id="m1"), None, {"media_id": "m1"}),
        (
            LinkReply(title="看板 ]]>", url="https://shop.example.com/?a=1&b=2"),
            "click",
            {
                "articles": [
                    {
                        "title": "看板 ]]>",
                        "description": "",
                        "url": "https://shop.example.com/?a=1&b=2",
                        "picurl": "",
                    }
                ]
            },
        ),
        (
            CardUpdate(response_code="RC", button="已接入"),
            "template_card_event",
            {"replace_name": "已接入"},
        ),
    ],
)
def test_our_sealed_answers_are_taken(reply: Reply, event: str | None, content: object) -> None:
    xml = render(reply, ZHANG, v.V1_CORP, AT)
    assert xml is not None
    clear, nonce = PLATFORM.unwrap(ours().seal(xml, "n-1", AT).encode())
    assert nonce == "n-1"
    assert read_reply(clear, answered(event)).content == content


BUTTONS = {
    "card_type": "button_interaction",
    "source": {"desc": "店小二"},
    "main_title": {"title": "客户等待人工", "desc": "王女士"},
    "button_list": [{"text": "接入", "style": 1, "key": "take"}, {"text": "忽略", "style": 2, "key": "skip"}],
}


@pytest.mark.parametrize(
    "reply",
    [
        TextReply(text="好"),
        MenuReply(head="选：", choices=(Choice(id="1", label="接入"),)),
        LocationReply(name="总店", address="某某路 1 号", latitude=30.0, longitude=120.0),
        ImageReply(media_id="m1"),
        LinkReply(title="看板", url="https://shop.example.com"),
        LinkReply(title="长" * 200, url="https://shop.example.com", description="句子。" * 300),
        MiniProgramReply(app_id="wx1", page="pages/a.html", title="苹果", thumb_media_id="m"),
        MiniProgramReply(app_id="wx1", page="pages/a.html", title="长" * 40, thumb_media_id="m"),
    ],
)
def test_our_messages_are_of_the_form_that_it_demands_and_nothing_is_cut(reply: Sayable) -> None:
    cut: list[int] = []
    body = message(reply, "zhangsan", 218)
    kind = str(body["msgtype"])
    seen = read_content(kind, body, Rules(stored=lambda _: "image", cuts=True, cut=cut.append))
    assert cut == []
    content = body[kind]
    assert isinstance(content, dict)
    shown, got = _first_article(content), _first_article(seen)
    for name in {"title", "description", "url"} & set(shown):
        assert got[name] == shown[name]


def _first_article(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The only article of news; the content itself of other types."""
    article: Mapping[str, Any] = content["articles"][0] if "articles" in content else content
    return article


def test_our_cards_are_of_the_form_that_it_demands() -> None:
    body = message(CardReply(task_id="handoff-42", card=BUTTONS), "zhangsan", 218)
    card = body["template_card"]
    assert isinstance(card, dict)
    assert check_card(card) == BUTTONS | {"task_id": "handoff-42"}
