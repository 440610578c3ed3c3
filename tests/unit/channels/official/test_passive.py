"""Passive replies: right element for right element, and no text can add one."""

from datetime import UTC, datetime

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from channels.official.passive import render
from channels.text import clean_text
from conversations.address import Address, Channel
from conversations.replies import (
    CardReply,
    CardUpdate,
    Choice,
    CodedReply,
    EventCode,
    ImageReply,
    LinkReply,
    MenuReply,
    MiniProgramReply,
    Reply,
    TextReply,
    TransferReply,
)

WANG = Address(channel=Channel.OFFICIAL, account="gh_shop", peer="oWang")
AT = datetime(2026, 1, 1, tzinfo=UTC)
FRAME = {"ToUserName": "oWang", "FromUserName": "gh_shop", "CreateTime": "1767225600"}


def fields(reply: Reply) -> dict[str, object]:
    xml = render(reply, WANG, AT)
    assert xml is not None
    parsed: dict[str, object] = xmltodict.parse(xml, strip_whitespace=False)["xml"]
    return {name: value for name, value in parsed.items() if name != "#text"}


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (TextReply(text="早上九点开门"), {"MsgType": "text", "Content": "早上九点开门"}),
        (
            MenuReply(head="您想问：", choices=(Choice(id="1", label="退货"), Choice(id="2", label="换货"))),
            {"MsgType": "text", "Content": "您想问：\n1. 退货\n2. 换货"},
        ),
        (
            LinkReply(title="退货说明", url="https://a.example.com"),
            {"MsgType": "text", "Content": "退货说明\nhttps://a.example.com"},
        ),
        (TransferReply(), {"MsgType": "transfer_customer_service"}),
    ],
)
def test_replies_are_rendered_with_sender_and_receiver_swapped(
    reply: Reply, expected: dict[str, object]
) -> None:
    assert fields(reply) == FRAME | expected


def test_an_image_and_a_transfer_to_a_named_agent() -> None:
    image = xmltodict.parse(render(ImageReply(media_id="media-1"), WANG, AT) or "")["xml"]
    assert image == FRAME | {"MsgType": "image", "Image": {"MediaId": "media-1"}}
    transfer = xmltodict.parse(render(TransferReply(agent="mei@shop"), WANG, AT) or "")["xml"]
    assert transfer == FRAME | {
        "MsgType": "transfer_customer_service",
        "TransInfo": {"KfAccount": "mei@shop"},
    }


@pytest.mark.parametrize(
    "text",
    [
        "x]]></Content><FuncFlag>1</FuncFlag><Content><![CDATA[y",
        "]]>",
        "a]]]]>>b",
        "]]]]><![CDATA[>",
        "<b>&amp;{content}</b>",
    ],
)
def test_a_text_cannot_add_elements(text: str) -> None:
    assert fields(TextReply(text=text)) == FRAME | {"MsgType": "text", "Content": text}
    transfer = xmltodict.parse(render(TransferReply(agent=text), WANG, AT) or "")["xml"]
    assert transfer["TransInfo"] == {"KfAccount": text}


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    assert fields(TextReply(text="a\x00b\x0b\ud800c"))["Content"] == "abc"


@given(st.text(st.characters(exclude_categories=()) | st.sampled_from("]><![&"), max_size=200))
def test_any_text_is_said_as_it_is_or_not_at_all(text: str) -> None:
    cleaned = clean_text(text).strip()
    xml = render(TextReply(text=text), WANG, AT)
    if xml is None:
        assert not cleaned
    else:
        content = xmltodict.parse(xml, strip_whitespace=False)["xml"]["Content"]
        # XML itself turns every line end into \n.
        assert content == cleaned.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (TextReply(text="x" * 2048), True),
        (TextReply(text="x" * 2049), False),
        (TextReply(text="好" * 682 + "xx"), True),
        (TextReply(text="好" * 683), False),
        (TextReply(text=""), False),
        (TextReply(text=" \x00\n"), False),
        (ImageReply(media_id=""), False),
        (MenuReply(head="x" * 2040, choices=(Choice(id="1", label="退货"),)), False),
    ],
)
def test_what_the_platform_would_not_take_is_not_rendered(reply: Reply, said: bool) -> None:
    assert (render(reply, WANG, AT) is not None) is said


@pytest.mark.parametrize(
    "reply",
    [
        MiniProgramReply(app_id="wx1", page="a.html", title="t", thumb_media_id="m"),
        CardReply(task_id="t", card={}),
        CardUpdate(response_code="RC", button="好"),
        CodedReply(code=EventCode(code="c", expires_at=AT), reply=TextReply(text="好")),
    ],
)
def test_what_the_account_cannot_say_passively(reply: Reply) -> None:
    assert render(reply, WANG, AT) is None
