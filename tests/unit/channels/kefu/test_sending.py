"""The JSON of send_msg and send_msg_on_event, and what their answers mean."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from channels.calls import Answered
from channels.kefu.sending import content, fits_as_menu, message, message_on_event, msgid_of, outcome
from channels.outcomes import NotSent, OutcomeUnknown, Refused, SendOutcome, Sent, WindowClosed
from channels.text import byte_length
from conversations.address import Address, Channel
from conversations.replies import (
    Choice,
    CodedReply,
    EventCode,
    ImageReply,
    LinkReply,
    LocationReply,
    MenuReply,
    MiniProgramReply,
    TextReply,
)
from tests.unit.channels.kefu.pulled import ACCOUNT, CUSTOMER, NOW

TO = Address(channel=Channel.KEFU, account=ACCOUNT, peer=CUSTOMER)
MENU = MenuReply(
    head="您想问什么？",
    choices=(Choice(id="1", label="查快递"), Choice(id="2", label="退货")),
    tail="点一下就好",
)
MENU_BODY = {
    "msgtype": "msgmenu",
    "msgmenu": {
        "head_content": "您想问什么？",
        "list": [
            {"type": "click", "click": {"id": "1", "content": "查快递"}},
            {"type": "click", "click": {"id": "2", "content": "退货"}},
        ],
        "tail_content": "点一下就好",
    },
}
MENU_TEXT = {"msgtype": "text", "text": {"content": "您想问什么？\n1. 查快递\n2. 退货\n点一下就好"}}


def test_a_message_names_customer_account_and_itself() -> None:
    assert message(TextReply(text="今天发货\x00"), TO, key="k") == {
        "touser": CUSTOMER,
        "open_kfid": ACCOUNT,
        "msgid": msgid_of("k"),
        "msgtype": "text",
        "text": {"content": "今天发货"},
    }


def test_a_msgid_is_of_the_platforms_form_and_always_the_same() -> None:
    assert re.fullmatch(r"[0-9a-zA-Z_-]{32}", msgid_of("kefu:wk:中文:1"))
    assert msgid_of("a") == msgid_of("a") != msgid_of("b")


def test_every_type() -> None:
    assert content(MENU, menus=True) == MENU_BODY
    assert content(ImageReply(media_id="M"), menus=True) == {"msgtype": "image", "image": {"media_id": "M"}}
    link = LinkReply(title="T", url="https://example.com/", description="D", thumb_media_id="M")
    assert content(link, menus=True) == {
        "msgtype": "link",
        "link": {"title": "T", "desc": "D", "url": "https://example.com/", "thumb_media_id": "M"},
    }
    page = MiniProgramReply(app_id="wx1", page="pages/a.html", title="T", thumb_media_id="M")
    assert content(page, menus=True) == {
        "msgtype": "miniprogram",
        "miniprogram": {"appid": "wx1", "title": "T", "thumb_media_id": "M", "pagepath": "pages/a.html"},
    }
    place = LocationReply(name="门店", address="路 1 号", latitude=23.1, longitude=113.3)
    assert content(place, menus=True) == {
        "msgtype": "location",
        "location": {"name": "门店", "address": "路 1 号", "latitude": 23.1, "longitude": 113.3},
    }


def test_titles_are_cut_between_characters() -> None:
    link = LinkReply(title="橙" * 100, url="https://example.com/", description="甜" * 400)
    body: Any = content(link, menus=True)["link"]
    assert byte_length(body["title"]) <= 128
    assert body["title"].endswith("橙…")
    assert byte_length(body["desc"]) <= 512
    assert body["desc"].endswith("甜…")


@pytest.mark.parametrize(
    ("menu", "fits"),
    [
        (MENU, True),
        (MenuReply(head="h", choices=()), False),
        (MenuReply(head="h", choices=tuple(Choice(id=str(n), label="x") for n in range(10))), True),
        (MenuReply(head="h", choices=tuple(Choice(id=str(n), label="x") for n in range(11))), False),
        (MenuReply(head="h" * 1024, choices=(Choice(id="1", label="x"),)), True),
        (MenuReply(head="h" * 1025, choices=(Choice(id="1", label="x"),)), False),
        (MenuReply(head="h", choices=(Choice(id="a#b", label="x"),)), False),
        (MenuReply(head="h", choices=(Choice(id="", label="x"),)), False),
        (MenuReply(head="h", choices=(Choice(id="i" * 128, label="x"),)), True),
        (MenuReply(head="h", choices=(Choice(id="i" * 129, label="x"),)), False),
        (MenuReply(head="h", choices=(Choice(id="1", label="中" * 42),)), True),
        (MenuReply(head="h", choices=(Choice(id="1", label="中" * 43),)), False),
        (MenuReply(head="h", choices=(Choice(id="1", label=""),)), False),
    ],
)
def test_a_menu_that_does_not_fit_is_said_as_text(menu: MenuReply, fits: bool) -> None:
    assert fits_as_menu(menu) is fits
    assert content(menu, menus=True)["msgtype"] == ("msgmenu" if fits else "text")


@pytest.mark.parametrize(("seconds", "body"), [(18, MENU_BODY), (47 * 3600, MENU_TEXT)])
def test_codes_that_live_long_say_texts_only(seconds: float, body: dict[str, Any]) -> None:
    reply = CodedReply(code=EventCode(code="C", expires_at=NOW + timedelta(seconds=seconds)), reply=MENU)
    assert message_on_event(reply, key="k", now=NOW) == {"code": "C", "msgid": msgid_of("k"), **body}


MSGID = msgid_of("k")


def answered(code: int | None, message: str = "", **body: Any) -> Answered:
    return Answered(code=code, message=message, body=body)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (answered(0, "ok", msgid="theirs"), Sent(platform_id="theirs")),
        (answered(0, "ok"), Sent(platform_id=MSGID)),
        (answered(None), OutcomeUnknown(reason="answer without errcode")),
        (NotSent(reason="no connection"), NotSent(reason="no connection")),
        (OutcomeUnknown(reason="lost"), OutcomeUnknown(reason="lost")),
        # Known already: by our own id in the answer, or by a complaint about an id that is well-formed.
        (answered(40058, "msgid duplicated"), Sent(platform_id=MSGID)),
        (answered(99999, "msg_id exists"), Sent(platform_id=MSGID)),
        (answered(99999, "what", msgid=MSGID), Sent(platform_id=MSGID)),
    ],
)
def test_what_an_answer_means(result: Any, expected: SendOutcome) -> None:
    assert outcome(result, msgid=MSGID) == expected


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-1, NotSent),
        (45009, NotSent),
        (48007, NotSent),
        (60020, NotSent),
        (95001, WindowClosed),
        (95002, WindowClosed),
        (95013, WindowClosed),
        (40058, Refused),
        (40096, Refused),
        (95008, Refused),
        (95030, Refused),
        (99999, Refused),
    ],
)
def test_the_errcodes_that_a_send_meets(code: int, kind: type) -> None:
    assert type(outcome(answered(code, "hint: [1], from ip: 1.2.3.4"), msgid=MSGID)) is kind


def test_a_limit_is_no_repetition_though_it_names_the_msgid() -> None:
    assert isinstance(outcome(answered(95001, "msgid over limit"), msgid=MSGID), WindowClosed)
    assert isinstance(outcome(answered(45009, "msgid", msgid=MSGID), msgid=MSGID), NotSent)
