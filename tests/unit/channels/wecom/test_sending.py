"""Active messages to members: the JSON of message/send and update_template_card, and what answers mean."""

import pytest

from channels.calls import Answered, Result
from channels.outcomes import NotSent, OutcomeUnknown, Refused, SendOutcome, Sent
from channels.text import byte_length
from channels.wecom.sending import Sayable, card_update, message, misfit, sent_or_not
from conversations.replies import (
    CardReply,
    Choice,
    ImageReply,
    LinkReply,
    LocationReply,
    MenuReply,
    MiniProgramReply,
    TextReply,
)

CARD = {"card_type": "button_interaction", "main_title": {"title": "客户等待人工"}, "task_id": "an older one"}


@pytest.mark.parametrize(
    ("reply", "kind", "content"),
    [
        (TextReply(text="好\x00的"), "text", {"content": "好的"}),
        (
            MenuReply(head="选一个：", choices=(Choice(id="1", label="接入"),)),
            "text",
            {"content": "选一个：\n1. 接入"},
        ),
        (
            LocationReply(name="总店", address="某某路 1 号", latitude=30.0, longitude=120.0),
            "text",
            {"content": "总店\n某某路 1 号"},
        ),
        (ImageReply(media_id="m1"), "image", {"media_id": "m1"}),
        (
            LinkReply(title="看板", url="https://shop.example.com", description="3 人"),
            "textcard",
            {"title": "看板", "description": "3 人", "url": "https://shop.example.com"},
        ),
        (
            LinkReply(title="看板", url="https://shop.example.com"),
            "news",
            {"articles": [{"title": "看板", "url": "https://shop.example.com"}]},
        ),
        (
            MiniProgramReply(
                app_id="wx1", page="pages/a.html?x=1", title="一二三四五六七八九十十一十二", thumb_media_id="m"
            ),
            "miniprogram_notice",
            {"appid": "wx1", "page": "pages/a?x=1", "title": "一二三四五六七八九十十一"},
        ),
        (
            MiniProgramReply(app_id="wx1", page="pages/a", title="苹果", thumb_media_id="m"),
            "miniprogram_notice",
            {"appid": "wx1", "page": "pages/a", "title": "小程序：苹果"},
        ),
        (
            CardReply(task_id="handoff-42", card=CARD),
            "template_card",
            CARD | {"task_id": "handoff-42"},
        ),
    ],
)  # fmt: skip
def test_messages(reply: Sayable, kind: str, content: dict[str, object]) -> None:
    assert message(reply, "zhangsan", 1000002) == {
        "touser": "zhangsan",
        "msgtype": kind,
        "agentid": 1000002,
        kind: content,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 120,
    }


def test_titles_and_descriptions_are_cut_where_a_reader_would() -> None:
    link = LinkReply(title="长" * 100, url="https://shop.example.com", description="句子。" * 200)
    body = message(link, "zhangsan", 1)
    card = body["textcard"]
    assert isinstance(card, dict)
    assert byte_length(card["title"]) <= 128
    assert card["title"].endswith("长…")
    assert byte_length(card["description"]) <= 512
    assert card["description"].endswith("。…")


def buttons(count: int, key: str = "take") -> dict[str, object]:
    return {"button_list": [{"text": "接入", "key": key}] * count}


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (TextReply(text="a" * 2048), ""),
        (TextReply(text="a" * 2049), "text over 2048 bytes"),
        (MenuReply(head="长" * 683, choices=()), "text over 2048 bytes"),
        (ImageReply(media_id="m1"), ""),
        (CardReply(task_id="handoff-42_a@b", card=buttons(6)), ""),
        (CardReply(task_id="a" * 128, card={}), ""),
        (CardReply(task_id="a" * 129, card={}), "task_id of another form"),
        (CardReply(task_id="", card={}), "task_id of another form"),
        (CardReply(task_id="case:42", card={}), "task_id of another form"),
        (CardReply(task_id="t", card=buttons(7)), "over 6 buttons"),
        (CardReply(task_id="t", card={"button_list": "odd"}), "over 6 buttons"),
        (CardReply(task_id="t", card=buttons(1, "k" * 1024)), ""),
        (CardReply(task_id="t", card=buttons(1, "k" * 1025)), "key of a button too long"),
    ],
)
def test_what_the_platform_would_refuse_or_cut_is_noticed_before(reply: Sayable, problem: str) -> None:
    assert misfit(reply) == problem


def test_a_card_is_changed_for_the_member_who_tapped_it() -> None:
    assert card_update("RC", "已接入\x00", "zhangsan", 1000002) == {
        "userids": ["zhangsan"],
        "agentid": 1000002,
        "response_code": "RC",
        "button": {"replace_name": "已接入"},
    }


def answered(code: int | None, **body: object) -> Answered:
    return Answered(code=code, message="", body={"errcode": code, **body})


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (answered(0, msgid="M1", invaliduser=""), Sent(platform_id="M1")),
        (
            answered(0, msgid="M1", response_code="RC"),
            Sent(platform_id="M1", response_code="RC"),
        ),
        (answered(0, msgid="M1", invaliduser="wangwu|lisi"), Sent(platform_id="M1")),
        (answered(0, msgid=7), Sent()),
        (answered(42014), Sent()),
        (answered(42022), Sent()),
    ],
)
def test_what_was_sent(result: Result, expected: SendOutcome) -> None:
    assert sent_or_not(result, "zhangsan") == expected


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"invaliduser": "wangwu|ZhangSan"}, "invaliduser"),
        ({"invaliduser": ["zhangsan"]}, "invaliduser"),
        ({"unlicenseduser": "zhangsan"}, "unlicenseduser"),
    ],
)
def test_a_partial_failure_is_a_refusal_that_names_the_member(body: dict[str, object], word: str) -> None:
    refused = sent_or_not(answered(0, msgid="M1", **body), "zhangsan")
    assert isinstance(refused, Refused)
    assert "zhangsan" in refused.reason
    assert word in refused.reason


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (answered(None), OutcomeUnknown),
        (answered(-1), NotSent),
        (answered(45009), NotSent),
        (answered(60020), NotSent),
        (answered(48002), NotSent),
        (answered(81013), Refused),
        (answered(99_999), Refused),
        (NotSent(reason="cannot connect"), NotSent),
        (OutcomeUnknown(reason="no answer"), OutcomeUnknown),
    ],
)
def test_what_was_not_or_may_have_been(result: Result, expected: type[SendOutcome]) -> None:
    assert type(sent_or_not(result, "zhangsan")) is expected
