"""Passive answers to members: right element for right element, and no text can add one."""

from datetime import UTC, datetime

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from channels.text import clean_text
from channels.wecom.passive import render
from conversations.address import Address, Channel
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

CORP = "wwfictional00001"
ZHANG = Address(channel=Channel.WECOM, account="1000002", peer="zhangsan")
AT = datetime(2026, 1, 1, tzinfo=UTC)
FRAME = {"ToUserName": "zhangsan", "FromUserName": CORP, "CreateTime": "1767225600"}
LINK = LinkReply(title="排队看板", url="https://shop.example.com/desk?a=1&b=2", description="现在 3 人")


def fields(reply: Reply) -> dict[str, object]:
    xml = render(reply, ZHANG, CORP, AT)
    assert xml is not None
    parsed: dict[str, object] = xmltodict.parse(xml)["xml"]
    return parsed


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (TextReply(text="好的"), {"MsgType": "text", "Content": "好的"}),
        (
            MenuReply(head="选一个：", choices=(Choice(id="1", label="接入"), Choice(id="2", label="忽略"))),
            {"MsgType": "text", "Content": "选一个：\n1. 接入\n2. 忽略"},
        ),
        (
            LocationReply(name="总店", address="某某路 1 号", latitude=30.0, longitude=120.0),
            {"MsgType": "text", "Content": "总店\n某某路 1 号"},
        ),
        (ImageReply(media_id="m1"), {"MsgType": "image", "Image": {"MediaId": "m1"}}),
        (
            LINK,
            {
                "MsgType": "news",
                "ArticleCount": "1",
                "Articles": {
                    "item": {
                        "Title": "排队看板",
                        "Description": "现在 3 人",
                        "PicUrl": None,
                        "Url": "https://shop.example.com/desk?a=1&b=2",
                    }
                },
            },
        ),
        (
            CardUpdate(response_code="RC", button="已接入"),
            {"MsgType": "update_button", "Button": {"ReplaceName": "已接入"}},
        ),
    ],
)
def test_replies_are_rendered_from_the_corp_to_the_member(reply: Reply, expected: dict[str, object]) -> None:
    assert fields(reply) == FRAME | expected


@pytest.mark.parametrize(
    "reply",
    [
        TextReply(text=""),
        TextReply(text="长" * 683),
        ImageReply(media_id=" "),
        LinkReply(title="", url="https://shop.example.com"),
        LinkReply(title="长" * 43, url="https://shop.example.com"),
        MiniProgramReply(app_id="wx1", page="pages/a.html", title="t", thumb_media_id="m"),
        CardReply(task_id="t", card={"card_type": "text_notice"}),
        TransferReply(),
        CodedReply(code=EventCode(code="c", expires_at=AT), reply=TextReply(text="好")),
    ],
)
def test_what_cannot_be_said_passively_is_not(reply: Reply) -> None:
    assert render(reply, ZHANG, CORP, AT) is None


@pytest.mark.parametrize("peer", ["sys", "unknown"])
def test_nobody_is_answered_where_nobody_asked(peer: str) -> None:
    to = Address(channel=Channel.WECOM, account=CORP, peer=peer)
    assert render(TextReply(text="好"), to, CORP, AT) is None


@given(text=st.text(min_size=1, max_size=60))
def test_no_text_adds_an_element(text: str) -> None:
    hostile = text + "]]></ReplaceName><Evil>1</Evil><ReplaceName><![CDATA["
    update = fields(CardUpdate(response_code="RC", button=hostile))
    assert set(update) == {*FRAME, "MsgType", "Button"}
    assert isinstance(update["Button"], dict)
    assert set(update["Button"]) == {"ReplaceName"}
    said = fields(TextReply(text=hostile))
    assert set(said) == {*FRAME, "MsgType", "Content"}
    assert str(said["Content"]).split() == clean_text(hostile).split()
