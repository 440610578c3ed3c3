"""Passive replies of an app: what is shown, what is refused."""

import pytest

from simulator.corpapp.replies import Answered, read_reply
from simulator.envelope import ReplyDefect

HEAD = (
    "<ToUserName>lisi</ToUserName><FromUserName>ww1</FromUserName><CreateTime>1700000000</CreateTime>"
    "<MsgType>{kind}</MsgType>"
)


def answered(event: str | None = None) -> Answered:
    return Answered(
        userid="lisi",
        corp_id="ww1",
        event=event,
        kind_of_file={"IMG": "image", "VID": "video"}.get,
    )


def body(kind: str, rest: str) -> bytes:
    return f"<xml>{HEAD.format(kind=kind)}{rest}</xml>".encode()


ITEM = "<item><Title>t</Title><Description>d</Description><PicUrl>p</PicUrl><Url>u</Url></item>"


@pytest.mark.parametrize(
    ("kind", "rest", "content"),
    [
        ("text", "<Content>好</Content>", {"text": "好"}),
        ("image", "<Image><MediaId>IMG</MediaId></Image>", {"media_id": "IMG"}),
        (
            "video",
            "<Video><MediaId>VID</MediaId><Title>t</Title></Video>",
            {"media_id": "VID", "title": "t"},
        ),
        (
            "news",
            f"<ArticleCount>1</ArticleCount><Articles>{ITEM}</Articles>",
            {"articles": [{"title": "t", "description": "d", "url": "u", "picurl": "p"}]},
        ),
    ],
)
def test_what_a_member_sees(kind: str, rest: str, content: object) -> None:
    assert read_reply(body(kind, rest), answered()).content == content


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{}", "malformed"),
        (body("text", "<Content>a</Content><Content>b</Content>"), "repeated-field"),
        (body("text", ""), "missing-field"),
        (body("text", "<Content></Content>"), "empty-content"),
        (body("text", "<Content>a</Content><Extra>b</Extra>"), "unexpected-field"),
        (body("poem", "<Content>a</Content>"), "msgtype"),
        (body("text", "<Content>a</Content>").replace(b"lisi", b"wangwu"), "to-user"),
        (body("text", "<Content>a</Content>").replace(b"ww1", b"ww2"), "from-user"),
        (body("text", "<Content>a</Content>").replace(b"1700000000", b"today"), "create-time"),
        (body("image", "<Image><MediaId>VID</MediaId></Image>"), "media-id"),
        (body("news", f"<ArticleCount>2</ArticleCount><Articles>{ITEM}</Articles>"), "articles"),
        (body("update_button", "<Button><ReplaceName>好</ReplaceName></Button>"), "card"),
    ],
)
def test_what_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(ReplyDefect) as refused:
        read_reply(raw, answered())
    assert refused.value.code == code


def test_a_long_text_is_cut_between_characters() -> None:
    reply = read_reply(body("text", f"<Content>{'长' * 683}</Content>"), answered())
    assert (reply.content, reply.cut) == ({"text": "长" * 682}, 2049)


def test_a_button_is_replaced_only_after_a_click_on_it() -> None:
    raw = body("update_button", "<Button><ReplaceName>好</ReplaceName></Button>")
    assert read_reply(raw, answered("template_card_event")).content == {"replace_name": "好"}
    with pytest.raises(ReplyDefect):
        read_reply(raw, answered("template_card_menu_event"))


def test_a_card_is_read_into_the_form_of_the_api() -> None:
    card = (
        "<TemplateCard><CardType>multiple_interaction</CardType><TaskId>m</TaskId>"
        "<Source><IconUrl>i</IconUrl><Desc>d</Desc><DescColor>1</DescColor></Source>"
        "<MainTitle><Title>选</Title></MainTitle>"
        "<SelectList><QuestionKey>q</QuestionKey><Title>谁</Title><SelectedId>a</SelectedId>"
        "<OptionList><Id>a</Id><Text>甲</Text></OptionList>"
        "<OptionList><Id>b</Id><Text>乙</Text></OptionList></SelectList>"
        "<SubmitButton><Text>提交</Text><Key>send</Key></SubmitButton>"
        "<ReplaceText>已提交</ReplaceText></TemplateCard>"
    )
    reply = read_reply(body("update_template_card", card), answered("template_card_event"))
    assert reply.content == {
        "card_type": "multiple_interaction",
        "task_id": "m",
        "source": {"icon_url": "i", "desc": "d", "desc_color": 1},
        "main_title": {"title": "选"},
        "select_list": [
            {
                "question_key": "q",
                "title": "谁",
                "selected_id": "a",
                "option_list": [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}],
            }
        ],
        "submit_button": {"text": "提交", "key": "send"},
        "replace_text": "已提交",
    }


def test_a_bad_card_and_a_card_to_a_message_are_refused() -> None:
    bad = "<TemplateCard><CardType>text_notice</CardType></TemplateCard>"
    for event in ("template_card_event", None):
        with pytest.raises(ReplyDefect):
            read_reply(body("update_template_card", bad), answered(event))
