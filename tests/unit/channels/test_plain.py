"""Any reply in words."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from channels.plain import page_path, plain
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

CARD = {
    "card_type": "button_interaction",
    "main_title": {"title": "客户等待人工", "desc": "王女士"},
    "sub_title_text": "问退货",
    "horizontal_content_list": [{"keyname": "等待", "value": "35 秒"}, {"keyname": "订单"}, "odd"],
    "button_list": [{"text": "接入", "key": "take"}],
}
CODE = EventCode(code="c", expires_at=datetime(2026, 1, 1, tzinfo=UTC))
CASES: dict[Reply, str] = {
    TextReply(text="好的"): "好的",
    ImageReply(media_id="m"): "［图片］",
    MenuReply(head="您想问：", choices=(Choice(id="7", label="退货"),)): "您想问：\n1. 退货",
    LinkReply(title="退货说明", url="https://a.example.com", description="七天无理由"): (
        "退货说明\n七天无理由\nhttps://a.example.com"
    ),
    LinkReply(title="", url="https://a.example.com"): "https://a.example.com",
    LocationReply(name="总店", address="某某路 1 号", latitude=1.0, longitude=2.0): "总店\n某某路 1 号",
    MiniProgramReply(app_id="wx1", page="a.html", title="苹果五斤装", thumb_media_id="m"): (
        "苹果五斤装\n（请在手机微信里打开我们的小程序查看）"
    ),
    CardUpdate(response_code="RC", button="已接入"): "已接入",
    TransferReply(connecting="正在为您转接"): "正在为您转接",
    TransferReply(): "",
    CodedReply(code=CODE, reply=TextReply(text="您好")): "您好",
}


@pytest.mark.parametrize(("reply", "said"), CASES.items())
def test_replies_in_words(reply: Reply, said: str) -> None:
    assert plain(reply) == TextReply(text=said)


def test_a_card_is_said_from_top_to_bottom_without_its_buttons() -> None:
    said = plain(CardReply(task_id="t", card=CARD)).text
    assert said == "客户等待人工\n王女士\n问退货\n等待：35 秒\n订单"
    assert plain(CardReply(task_id="t", card={"main_title": "odd", "horizontal_content_list": 7})).text == ""


def test_every_type_of_reply_can_be_said() -> None:
    assert {type(reply) for reply in CASES} | {CardReply} == set(get_args(Reply))


@pytest.mark.parametrize(
    ("page", "path"),
    [
        ("pages/a.html", "pages/a"),
        ("pages/a.html?x=1.html", "pages/a?x=1.html"),
        ("pages/a?x=1", "pages/a?x=1"),
    ],
)
def test_the_page_without_the_suffix_that_only_some_want(page: str, path: str) -> None:
    assert page_path(MiniProgramReply(app_id="wx1", page=page, title="t", thumb_media_id="m")) == path
