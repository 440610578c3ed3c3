"""Template cards: what is accepted, and the code for each thing that is wrong."""

import pytest

from simulator.corp.errcodes import CorpError
from simulator.corpapp.cards import check_card, keys_of, menu_keys_of, questions_of, takes_several
from simulator.corpapp.desk import CODE_LIFE, CardDesk, CardRefused, grey_out

Json = dict[str, object]
BUTTON: Json = {"text": "接入", "style": 1, "key": "take"}
BUTTONS: Json = {
    "card_type": "button_interaction",
    "task_id": "t-1@x_Y",
    "main_title": {"title": "等待"},
    "button_list": [BUTTON],
}
OPTIONS = [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}]
VOTE: Json = {
    "card_type": "vote_interaction",
    "task_id": "v",
    "main_title": {"title": "选"},
    "checkbox": {"question_key": "q", "mode": 1, "option_list": OPTIONS},
    "submit_button": {"text": "提交", "key": "send"},
}
SELECT: Json = {"question_key": "q", "title": "谁", "option_list": OPTIONS}
SELECTS: Json = {
    "card_type": "multiple_interaction",
    "task_id": "m",
    "main_title": {"title": "选"},
    "select_list": [SELECT],
    "submit_button": {"text": "提交", "key": "send"},
}
NOTICE: Json = {
    "card_type": "text_notice",
    "main_title": {"title": "日报"},
    "card_action": {"type": 1, "url": "https://x.cn"},
}
NEWS: Json = {**NOTICE, "card_type": "news_notice", "card_image": {"url": "https://x.cn/a.png"}}


@pytest.mark.parametrize("card", [BUTTONS, VOTE, SELECTS, NOTICE, NEWS])
def test_every_kind_of_card_is_accepted(card: Json) -> None:
    assert check_card(card) == card


@pytest.mark.parametrize(
    ("card", "change", "code"),
    [
        (BUTTONS, {"card_type": "poem"}, 42031),
        (BUTTONS, {"main_title": {}}, 42033),
        (BUTTONS, {"task_id": None}, 42014),
        (BUTTONS, {"task_id": "空 格"}, 42014),
        (BUTTONS, {"task_id": "x" * 129}, 42014),
        (BUTTONS, {"button_list": [BUTTON] * 7}, 40058),
        (BUTTONS, {"button_list": []}, 40058),
        (BUTTONS, {"button_list": [{**BUTTON, "text": ""}]}, 42038),
        (BUTTONS, {"button_list": [{**BUTTON, "key": "k" * 1025}]}, 42039),
        (BUTTONS, {"button_list": [{**BUTTON, "style": 5}]}, 40058),
        (BUTTONS, {"button_list": [{"text": "打开", "type": 1}]}, 42028),
        (BUTTONS, {"horizontal_content_list": [{"keyname": "a"}] * 7}, 42035),
        (BUTTONS, {"horizontal_content_list": [{"value": "a"}]}, 42027),
        (BUTTONS, {"horizontal_content_list": [{"keyname": "a", "type": 3}]}, 42050),
        (VOTE, {"checkbox": None}, 42043),
        (VOTE, {"checkbox": {"question_key": "q", "option_list": []}}, 42037),
        (VOTE, {"checkbox": {"question_key": "q", "option_list": [{"id": "a", "text": "甲"}] * 2}}, 42040),
        (VOTE, {"submit_button": {"text": "提交"}}, 42046),
        (VOTE, {"submit_button": {"key": "send"}}, 42049),
        (SELECTS, {"select_list": [{**SELECT, "question_key": str(n)} for n in range(4)]}, 42047),
        (SELECTS, {"select_list": [SELECT, SELECT]}, 42043),
        (NOTICE, {"card_action": None}, 42045),
        (NOTICE, {"card_action": {"type": 2}}, 42030),
        (NOTICE, {"jump_list": [{"title": "a"}] * 4}, 42042),
        (NEWS, {"card_image": None}, 42044),
        (NEWS, {"vertical_content_list": [{"title": "a"}] * 5}, 42036),
        (NOTICE, {"action_menu": {"action_list": [{"text": "a", "key": "k"}]}}, 42014),
        (NOTICE, {"action_menu": {"action_list": [{"text": "a", "key": "k"}] * 2}}, 42051),
    ],
)
def test_what_is_wrong_with_a_card(card: Json, change: Json, code: int) -> None:
    with pytest.raises(CorpError) as refused:
        check_card({**card, **change})
    assert refused.value.errcode == code


def test_twenty_options_make_a_vote_and_ten_a_selection() -> None:
    many = [{"id": str(n), "text": str(n)} for n in range(20)]
    assert check_card({**VOTE, "checkbox": {"question_key": "q", "option_list": many}})
    with pytest.raises(CorpError):
        check_card({**SELECTS, "select_list": [{"question_key": "q", "option_list": many[:11]}]})


def test_what_can_be_pressed() -> None:
    link = {"text": "打开", "type": 1, "url": "https://x.cn"}
    assert keys_of({**BUTTONS, "button_list": [BUTTON, link]}) == {"take"}
    assert keys_of(VOTE) == {"send"}
    assert questions_of(VOTE) == {"q": frozenset({"a", "b"})}
    assert (takes_several(VOTE, "q"), takes_several(SELECTS, "q")) == (True, False)
    menu = {"action_menu": {"action_list": [{"text": "不再提醒", "key": "stop"}]}}
    assert menu_keys_of({**NOTICE, **menu}) == {"stop"}


def test_a_code_is_good_once_and_for_72_hours() -> None:
    desk = CardDesk()
    code = desk.send("m1", desk.check_new(BUTTONS), ["lisi"], 0)
    assert desk.find(code, CODE_LIFE - 1).copies.keys() == {"lisi"}
    with pytest.raises(CorpError, match="60140"):
        desk.find(code, CODE_LIFE)
    desk.use(code)
    with pytest.raises(CorpError, match="42022"):
        desk.find(code, 1)
    with pytest.raises(CorpError, match="60140"):
        desk.find("nonsense", 1)


def test_a_mere_notice_gives_no_code_and_takes_no_click() -> None:
    desk = CardDesk()
    assert desk.send("m1", desk.check_new(NOTICE), ["lisi"], 0) == ""
    with pytest.raises(CardRefused):
        desk.click("lisi", "", "take", {}, 0)


def test_clicks_that_a_phone_does_not_allow() -> None:
    desk = CardDesk()
    desk.send("m1", desk.check_new(SELECTS), ["lisi"], 0)
    with pytest.raises(CardRefused):
        desk.click("wangwu", "m", "send", {}, 0)
    with pytest.raises(CardRefused):
        desk.click("lisi", "m", "nothing", {}, 0)
    with pytest.raises(CardRefused):
        desk.click("lisi", "m", "send", {"q": ["a", "b"]}, 0)
    clicked = desk.click("lisi", "m", "send", {"q": ["b"]}, 0)
    assert (clicked.event, clicked.selected) == ("template_card_event", {"q": ["b"]})
    copy = desk.of_message("m1", "lisi")
    assert copy is not None
    grey_out(copy, "已提交")
    with pytest.raises(CardRefused):
        desk.click("lisi", "m", "send", {}, 0)


def test_an_action_of_the_menu_is_another_event_and_works_on_grey_cards() -> None:
    desk = CardDesk()
    menu = {"action_menu": {"desc": "", "action_list": [{"text": "不再提醒", "key": "stop"}]}}
    desk.send("m1", desk.check_new({**BUTTONS, **menu}), ["lisi"], 0)
    copy = desk.of_message("m1", "lisi")
    assert copy is not None
    grey_out(copy, "已接入")
    assert desk.click("lisi", "t-1@x_Y", "stop", {}, 0).event == "template_card_menu_event"


def test_a_card_in_the_place_of_another() -> None:
    desk = CardDesk()
    desk.send("m1", desk.check_new(BUTTONS), ["lisi", "wangwu"], 0)
    desk.send("m2", desk.check_new(VOTE), ["lisi"], 0)
    sent = desk.by_task("t-1@x_Y")
    assert sent is not None
    desk.exchange(sent, "lisi", {**SELECTS, "task_id": "next", "replace_text": "完成"})
    assert (sent.copies["lisi"].replaced, sent.copies["wangwu"].card) == ("完成", BUTTONS)
    with pytest.raises(CardRefused):
        desk.click("lisi", "t-1@x_Y", "take", {}, 0)
    with pytest.raises(CorpError, match="42014"):
        desk.exchange(sent, "wangwu", {**SELECTS, "task_id": "v"})
    with pytest.raises(CorpError, match="42014"):
        desk.check_new({**BUTTONS, "task_id": "next"})
