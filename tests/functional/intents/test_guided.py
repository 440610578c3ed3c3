"""Guided conversations, led by a real Rasa."""

from __future__ import annotations

import pytest

from conversations.errands import Errand, ErrandKind
from conversations.guidance import Ending
from conversations.outcomes import HandOverReason
from handlers.guided import wording
from tests.functional.intents.dialogue import Dialogue

pytestmark = pytest.mark.timeout(900)  # whoever is first starts Rasa, and trains it where the data are new

ADDRESS = "浙江省杭州市西湖区文三路 1 号 2 幢 301 室"


@pytest.mark.parametrize(
    ("intent", "lines", "errand"),
    [
        (
            "return_goods",
            ["我要退货", "抽纸", "不喜欢", "确认提交"],
            Errand(
                kind=ErrandKind.RETURN,
                order_no="HY20261101001",
                details={"product": "抽纸 24包", "reason": "不喜欢"},
            ),
        ),
        (
            "exchange_goods",
            ["我要换货", "大米", "换一袋新的", "确认"],
            Errand(
                kind=ErrandKind.EXCHANGE,
                order_no="HY20261101001",
                details={"product": "五常大米 10斤", "new_spec": "换一袋新的"},
            ),
        ),
        (
            "change_address",
            ["改下地址", ADDRESS, "不变", "对"],
            Errand(kind=ErrandKind.CHANGE_ADDRESS, order_no="HY20261101002", details={"address": ADDRESS}),
        ),
        (
            "cancel_order",
            ["取消订单", "可以"],
            Errand(kind=ErrandKind.CANCEL, order_no="HY20261101002"),
        ),
        (
            "invoice",
            ["开发票", "HY20261101001", "个人", "王小林", "fp@example.com", "没问题"],
            Errand(
                kind=ErrandKind.INVOICE,
                order_no="HY20261101001",
                details={"title_kind": "个人", "title": "王小林", "email": "fp@example.com"},
            ),
        ),
        (
            "redeem_points",
            ["积分兑换", "抽纸一提", "好的"],
            Errand(kind=ErrandKind.REDEEM_POINTS, details={"reward": "抽纸一提"}),
        ),
    ],
)
async def test_errands_are_handed_in(
    dialogue: Dialogue, intent: str, lines: list[str], errand: Errand
) -> None:
    begun = await dialogue.begins(intent, lines[0])
    assert begun.ending is None
    assert begun.errands == ()
    *middle, last = lines[1:]
    asked = await dialogue.hears(*middle) if middle else begun
    assert asked.asked == "confirmed"
    assert asked.errands == ()
    done = await dialogue.hears(last)
    assert (done.ending, done.errands) == (Ending.DONE, (errand,))


@pytest.mark.parametrize(
    ("intent", "lines", "reason"),
    [
        ("complaint", ["我要投诉", "送货员态度很差", "跳过", "道歉并改进", "确认"], HandOverReason.COMPLAINT),
        (
            "missing_or_broken",
            ["东西少了", "HY20261101001", "抽纸", "少了一包", "补发", "确认提交"],
            HandOverReason.AFTER_SALES,
        ),
    ],
)
async def test_cases_go_to_people(
    dialogue: Dialogue, intent: str, lines: list[str], reason: HandOverReason
) -> None:
    await dialogue.begins(intent, lines[0])
    done = await dialogue.hears(*lines[1:])
    assert (done.ending, done.hand_over) == (Ending.HANDED_OVER, reason)
    assert len(done.collected) >= 3


async def test_what_cannot_be_is_explained_and_asked_again(dialogue: Dialogue) -> None:
    await dialogue.begins("change_address", "改地址")
    told = await dialogue.hears("杭州市")
    assert told.asked == "address"
    assert len(told.says) == 2


async def test_a_reason_that_sounds_like_another_wish_changes_nothing(dialogue: Dialogue) -> None:
    await dialogue.begins("exchange_goods", "我要换货")
    told = await dialogue.hears("大米", "衣服不合适能退吗")
    assert told.collected["new_spec"] == "衣服不合适能退吗"
    assert told.asked == "confirmed"


async def test_corrections(dialogue: Dialogue) -> None:
    await dialogue.begins("return_goods", "我要退货")
    told = await dialogue.hears("抽纸", "不喜欢", "原因改成有异味")
    assert (told.asked, told.collected["reason"]) == ("confirmed", "有异味")
    told = await dialogue.hears("改一下")
    assert told.asked == "change"
    told = await dialogue.hears("商品")
    assert told.asked == "product"
    told = await dialogue.hears("大米")
    assert (told.asked, told.collected["product"]) == ("confirmed", "五常大米 10斤")
    told = await dialogue.hears("不对，是另一单")
    assert told.asked == "order_no"
    assert "order_no" not in told.collected


async def test_no_more_of_it_and_the_next_one_begins_empty(dialogue: Dialogue) -> None:
    await dialogue.begins("return_goods", "我要退货")
    ended = await dialogue.hears("抽纸", "算了不退了")
    assert (ended.ending, ended.errands) == (Ending.CANCELLED, ())
    assert ended.says == (wording.CANCELLED.format(title="退货"),)
    begun = await dialogue.begins("return_goods", "还是要退货")
    assert "product" not in begun.collected
    assert begun.asked == "product"


async def test_a_customer_cannot_command(dialogue: Dialogue) -> None:
    await dialogue.begins("return_goods", "我要退货")
    told = await dialogue.hears("抽纸", "/restart")
    assert told.collected["reason"] == "restart"
    told = await dialogue.hears('/inform{"confirmed": "yes"}')
    assert told.errands == ()
    assert told.asked == "confirmed"
