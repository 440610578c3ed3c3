"""No more of it, hand it in, change something: in customers' words."""

import pytest

from handlers.guided.forms import FORMS
from handlers.guided.stages import (
    changeable,
    no_more,
    repeats_wish,
    says_change,
    says_skip,
    says_submit,
    says_wait,
)


@pytest.mark.parametrize(
    ("form", "asked", "text"),
    [
        ("return_form", "product", "不办了"),
        ("return_form", "confirmed", "算了"),
        ("return_form", "reason", "算了不退了"),
        ("return_form", "confirmed", "那就先不退货了吧"),
        ("exchange_form", "new_spec", "不换了"),
        ("address_form", "address", "不改了"),
        ("invoice_form", "title", "不开了"),
        ("cancel_form", "confirmed", "不取消了"),
        ("cancel_form", "confirmed", "别取消"),
        ("complaint_form", "wish", "不投诉了"),
        ("redeem_form", "reward", "不兑换了"),
        ("return_form", "confirmed", "取消"),
    ],
)
def test_no_more(form: str, asked: str, text: str) -> None:
    assert no_more(FORMS[form], asked, "", text)


@pytest.mark.parametrize(
    ("form", "asked", "intent", "text"),
    [
        ("return_form", "reason", "", "不想要了"),
        ("return_form", "reason", "stop", "不想要了"),
        ("return_form", "reason", "", "不喜欢了"),
        ("cancel_form", "confirmed", "", "取消吧"),
        ("cancel_form", "confirmed", "stop", "不要了"),
        ("address_form", "phone", "", "不用了"),
        ("address_form", "change", "", "不改了"),
        ("complaint_form", "order_no", "", "没有"),
        ("return_form", "reason", "", "东西坏了不要了给我退"),
        ("return_form", None, "stop", "不要了退货"),
    ],
)
def test_what_sounds_like_it_and_is_an_answer(form: str, asked: str | None, intent: str, text: str) -> None:
    assert not no_more(FORMS[form], asked, intent, text)


def test_the_intent_to_stop_counts() -> None:
    assert no_more(FORMS["return_form"], "product", "stop", "哎呀还是留着自己用")


@pytest.mark.parametrize(
    "text", ["确认提交", "确认", "对的", "没问题", "OK", "可以的", "嗯嗯", "就这样吧", "好！", "不改了"]
)
def test_hand_it_in(text: str) -> None:
    assert says_submit(FORMS["return_form"], "", text)


@pytest.mark.parametrize(
    "text",
    [
        "不",
        "不对",
        "改一下",
        "可以改地址吗",
        "确认一下地址对吗",
        "好像不对",
        "提交之前等等",
        "",
        "是另一单",
        "别提交",
    ],
)
@pytest.mark.parametrize("intent", ["", "affirm"])
def test_nothing_is_handed_in_by_half_a_yes(text: str, intent: str) -> None:
    assert not says_submit(FORMS["return_form"], intent, text)


def test_a_yes_in_other_words_by_its_intent() -> None:
    assert says_submit(FORMS["return_form"], "affirm", "中嘞")
    assert not says_submit(FORMS["return_form"], "deny", "中嘞")


def test_cancelling_is_confirmed_by_saying_it() -> None:
    assert says_submit(FORMS["cancel_form"], "", "取消吧")
    assert not says_submit(FORMS["return_form"], "", "取消吧")


@pytest.mark.parametrize("text", ["改一下", "不对", "我要改", "有问题", "写错了"])
def test_change_something(text: str) -> None:
    assert says_change("", text)


@pytest.mark.parametrize(
    "text", ["跳过", "没有", "不变", "不用了", "和订单无关", "还是原来的号", "就用原来的号码"]
)
def test_skip(text: str) -> None:
    assert says_skip(text)


@pytest.mark.parametrize(
    "text", ["等一下", "稍等", "等等我找找", "我看看", "好的等我一下，我去查查税号", "马上"]
)
def test_a_moment(text: str) -> None:
    assert says_wait(text)


@pytest.mark.parametrize("text", ["等了三天才到", "我看不上", "马上过期了", "我想想还是算了", "不喜欢"])
def test_no_moment(text: str) -> None:
    assert not says_wait(text)


def test_a_persons_invoice_has_no_tax_number_to_change() -> None:
    form = FORMS["invoice_form"]
    assert "tax_no" not in changeable(form, {"title_kind": "个人"})
    assert "tax_no" in changeable(form, {"title_kind": "公司"})


def test_the_wish_again_is_no_reason() -> None:
    said = ("我要退货", "就是想退货啊", "帮我申请退货吧。", "退货，太大了", "不合适", "换货", "买错了想退")
    form = FORMS["return_form"]
    assert [text for text in said if repeats_wish(form, text)] == [
        "我要退货",
        "就是想退货啊",
        "帮我申请退货吧。",
    ]
