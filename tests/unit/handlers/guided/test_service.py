"""Guided conversations from their first message to what they hand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.errands import Errand, ErrandKind
from conversations.guidance import Ending
from conversations.outcomes import HandOverReason
from handlers.guided import values, which_order, wording
from handlers.guided.forms import FORMS
from handlers.guided.values import Good
from mall.unconnected import UnconnectedMall
from tests.unit.handlers.guided.shop import DELIVERED, LONG_AGO, PAID, STRANGERS, Played, mall

ADDRESS = "浙江省杭州市西湖区文三路 1 号 2 幢 301 室"
CODE = "91990100XQ7Y2K9M4U"
"""A made-up code whose last letter fits (GB 32100)."""


@pytest.mark.parametrize(
    ("form", "lines", "kind", "order_no", "details"),
    [
        (
            "return_form",
            ["我要退货", "抽纸", "不喜欢", "确认提交"],
            ErrandKind.RETURN,
            "HY20261101001",
            {"product": "抽纸 24包", "reason": "不喜欢"},
        ),
        (
            "exchange_form",
            ["换货", "大米", "换一袋新的", "确认"],
            ErrandKind.EXCHANGE,
            "HY20261101001",
            {"product": "五常大米 10斤", "new_spec": "换一袋新的"},
        ),
        (
            "address_form",
            ["改地址", f"新地址是{ADDRESS}", "不变", "对的"],
            ErrandKind.CHANGE_ADDRESS,
            "HY20261101002",
            {"address": ADDRESS},
        ),
        ("cancel_form", ["取消订单", "可以"], ErrandKind.CANCEL, "HY20261101002", {}),
        (
            "invoice_form",
            ["开发票", "最近那单", "公司", "禾野集科技有限公司", CODE, "fp@example.com", "没问题"],
            ErrandKind.INVOICE,
            "HY20261101002",
            {
                "title_kind": "公司",
                "title": "禾野集科技有限公司",
                "tax_no": CODE,
                "email": "fp@example.com",
            },
        ),
        (
            "invoice_form",
            ["给我开个人抬头的发票", "2", "王小林", "fp@example.com", "好的"],
            ErrandKind.INVOICE,
            "HY20261101001",
            {"title_kind": "个人", "title": "王小林", "email": "fp@example.com"},
        ),
        (
            "redeem_form",
            ["积分换东西", "抽纸一提", "嗯"],
            ErrandKind.REDEEM_POINTS,
            None,
            {"reward": "抽纸一提"},
        ),
    ],
)
async def test_each_errand_is_handed_in_as_it_was_told(
    form: str, lines: list[str], kind: ErrandKind, order_no: str | None, details: Mapping[str, str]
) -> None:
    played = await Played(form).hears(*lines)
    assert played.ended is not None
    assert played.ended.ending is Ending.DONE
    assert played.ended.errands == (Errand(kind=kind, order_no=order_no, details=details),)
    assert played.ended.hand_over is None


@pytest.mark.parametrize(
    ("form", "lines", "reason"),
    [
        (
            "complaint_form",
            ["我要投诉", "送货员态度很差", "跳过", "道歉并改进", "确认"],
            HandOverReason.COMPLAINT,
        ),
        (
            "trouble_form",
            ["东西坏了", "HY20261101001", "抽纸", "少了一包", "补发", "确认提交"],
            HandOverReason.AFTER_SALES,
        ),
        ("return_form", ["能不能不退货只退款", "大米", "有虫", "确认提交"], HandOverReason.AFTER_SALES),
    ],
)
async def test_what_people_do_goes_to_them_with_everything_told(
    form: str, lines: list[str], reason: HandOverReason
) -> None:
    played = await Played(form).hears(*lines)
    assert played.ended is not None
    assert (played.ended.ending, played.ended.hand_over) == (Ending.HANDED_OVER, reason)
    assert played.ended.errands == ()
    assert len(played.ended.collected) >= 3


async def test_the_summary_shows_what_is_handed_in_and_hides_the_middle_of_the_phone() -> None:
    played = await Played("address_form").hears("改地址", ADDRESS, "138 0000 1234")
    assert "138****1234" in played.says[-1]
    assert ADDRESS in played.says[-1]
    assert "13800001234" not in played.says[-1]
    assert played.choices == (wording.YES, wording.CHANGE, wording.NO)


@pytest.mark.parametrize(
    ("form", "lines", "text"),
    [
        ("return_form", ["退货", "HY20261101002"], which_order.NOT_YET_SENT),
        ("return_form", ["退货", "HY20269999999"], wording.NO_SUCH_ORDER),
        ("return_form", ["退货", "HY20261101003"], wording.NOT_YOURS),
        ("address_form", ["HY20261101001 改地址"], which_order.OVER),
        ("address_form", ["改地址", "杭州市"], values.ADDRESS),
        ("address_form", ["改地址", "文三路 1 号"], values.ADDRESS),
        ("address_form", ["改地址", ADDRESS, "12345"], values.PHONE),
        ("invoice_form", ["发票", "1", "看着办"], values.TITLE_KIND),
        ("invoice_form", ["发票", "1", "公司", "某某公司", "123"], values.TAX_NO),
        ("invoice_form", ["发票", "1", "公司", "某某公司", CODE[:-1] + "A"], values.TAX_CHECK),
        ("invoice_form", ["发票", "1", "个人", "王小林", "fp@"], values.EMAIL),
        ("redeem_form", ["换积分", "电饭煲"], wording.NOT_ENOUGH),
        ("redeem_form", ["换积分", "汽车"], wording.WHICH_REWARD),
        ("return_form", ["退货", "冰箱"], wording.WHICH_GOODS),
    ],
)
async def test_what_cannot_be_is_said_and_asked_again(form: str, lines: list[str], text: str) -> None:
    played = await Played(form).hears(*lines)
    assert played.ended is None
    assert played.says[0].startswith(text.partition("{")[0])
    assert len(played.says) == 2


async def test_an_order_received_too_long_ago_is_for_a_person() -> None:
    played = await Played("return_form", mall(LONG_AGO)).hears("退货", LONG_AGO.number)
    assert "7 天" in played.says[0]


async def test_the_second_wrong_answer_offers_a_person() -> None:
    played = await Played("address_form").hears("改地址", ADDRESS, "12345")
    assert wording.OFFER_A_PERSON not in played.says
    await played.hears("678")
    assert wording.OFFER_A_PERSON in played.says
    await played.hears("13800001234")
    assert played.asked == "confirmed"
    assert "wrong" not in played.collected


@pytest.mark.parametrize(
    ("lines", "asked", "told"),
    [
        (["不对，是另一单"], "order_no", {"reason": "不喜欢"}),
        (["原因改成有异味"], "confirmed", {"reason": "有异味"}),
        (["改一下", "原因", "有异味"], "confirmed", {"reason": "有异味"}),
        (["改一下", "2"], "product", {"reason": "不喜欢"}),
        (["商品换成大米"], "confirmed", {"product": "五常大米 10斤"}),
        (["我想想"], "confirmed", {"reason": "不喜欢"}),
    ],
)
async def test_corrections_at_the_end(lines: list[str], asked: str, told: Mapping[str, str]) -> None:
    played = await Played("return_form").hears("退货", "抽纸", "不喜欢", *lines)
    assert played.ended is None
    assert played.asked == asked
    assert told.items() <= played.told.items()


async def test_the_wish_again_is_no_reason() -> None:
    played = await Played("return_form").hears("退货", "抽纸", "我要退货")
    assert (played.asked, "reason" in played.told) == ("reason", False)
    await played.hears("不喜欢")
    assert (played.asked, played.told["reason"]) == ("confirmed", "不喜欢")


async def test_a_new_number_is_a_correction_at_any_step() -> None:
    other = replace(DELIVERED, number="HY20261101009")
    played = await Played("return_form", mall(DELIVERED, other)).hears("退货", "1", "抽纸")
    assert (played.told["order_no"], played.asked) == (other.number, "reason")
    await played.hears(f"不对，是 {DELIVERED.number}")
    assert played.told == {"order_no": DELIVERED.number}
    assert played.asked == "product"


@pytest.mark.parametrize("text", ["算了", "不办了", "不退了吧"])
async def test_no_more_of_it(text: str) -> None:
    played = await Played("return_form").hears("退货", "抽纸", text)
    assert played.ended is not None
    assert (played.ended.ending, played.ended.errands) == (Ending.CANCELLED, ())


async def test_the_intent_to_stop_ends_it_in_any_words() -> None:
    played = await Played("return_form").hears("退货")
    await played.hears("哎呀还是留着自己用", intent="stop")
    assert played.ended is not None
    assert played.ended.ending is Ending.CANCELLED


async def test_a_mall_that_is_away_forgets_nothing() -> None:
    played = await Played("return_form").hears("退货", "抽纸", "不喜欢")
    played.mall.away = True
    await played.hears("换成 HY20261101009")
    assert played.says[0] == wording.MALL_AWAY
    assert played.told["product"] == "抽纸 24包"


async def test_without_a_mall_everything_is_collected_for_people() -> None:
    played = Played("return_form")
    nothing = UnconnectedMall()
    played.service = type(played.service)(nothing, nothing)
    await played.hears("退货", "HY20261101001", "抽纸", "不喜欢", "确认提交")
    assert played.ended is not None
    assert played.ended.hand_over is HandOverReason.AFTER_SALES
    assert played.ended.collected["order_no"] == "HY20261101001"


SAID = """
确认提交 可以 改一下 订单 原因 抽纸 大米 1 2 9 不喜欢 HY20261101001 HY20261101002 HY20261101003 不对，是另一单
地址写错了 杭州 13800001234 123 公司 个人 fp@example.com 跳过 不变 算了 ？ 抽纸一提 电饭煲 嗯 是 手机号改成13900001234
"""
WORDS = st.sampled_from([*SAID.split(), "", ADDRESS, CODE])


@settings(max_examples=150, deadline=None)
@given(form=st.sampled_from(sorted(FORMS)), texts=st.lists(WORDS, max_size=12))
async def test_whatever_is_said_nothing_incomplete_or_invalid_is_handed_in(
    form: str, texts: list[str]
) -> None:
    played = Played(form)
    for text in ["开始", *texts]:
        if played.ended is None:
            await played.hears(text)
    if played.ended is None:
        return
    for errand in played.ended.errands:
        assert played.collected["confirmed"] == "yes"
        told = played.told
        for slot in FORMS[form].slots:
            assert slot in told or (slot == "tax_no" and told["title_kind"] == "个人")
        if errand.order_no is not None:
            assert errand.order_no in {DELIVERED.number, PAID.number}
            assert errand.order_no != STRANGERS.number
        judges = {"phone": values.phone, "address": values.address, "email": values.email}
        for slot, judge in judges.items():
            value = errand.details.get(slot)
            assert value is None or judge(value) == Good(value)
