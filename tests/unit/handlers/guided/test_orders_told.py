"""Which order it is about: offered, taken, described, of somebody else, and while the mall is away."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.guidance import Ending
from handlers.guided import which_order, wording
from handlers.guided.service import CANCELLED, GuidedService
from mall.memory import MemoryMall
from mall.port import Item
from tests.unit.handlers.guided.shop import DELIVERED, NOON, PAID, REWARDS, STRANGERS, WANG, Played, mall

RICE = replace(
    DELIVERED, number="HY20261101011", placed_at=NOON - timedelta(days=1), items=(Item("东北大米 5斤", 1),)
)
NOBODYS = replace(DELIVERED, number="HY20261101014", owner_ref=None)


async def test_the_only_order_that_fits_is_taken_and_shown() -> None:
    played = await Played("return_form").hears("我要退货")
    assert played.says[0] == wording.TAKEN.format(line=which_order.line(DELIVERED))
    assert played.asked == "product"
    assert played.choices == ("五常大米 10斤", "抽纸 24包")


async def test_the_only_goods_of_an_order_are_filled_in() -> None:
    played = await Played("return_form", mall(RICE)).hears("我要退货")
    assert (played.asked, played.told["product"]) == ("reason", "东北大米 5斤")


async def test_several_orders_are_offered_with_their_goods() -> None:
    played = await Played("return_form", mall(DELIVERED, RICE, PAID)).hears("我要退货")
    assert played.choices == (which_order.line(RICE), which_order.line(DELIVERED))
    assert PAID.number not in "".join(played.choices)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("昨天买的那单", RICE.number),
        ("东北大米那单", RICE.number),
        ("第二个", DELIVERED.number),
        ("最近那单", RICE.number),
        ("ＨＹ２０２６１１０１００１", DELIVERED.number),
        ("hy 20261101001", DELIVERED.number),
        (which_order.line(DELIVERED), DELIVERED.number),
    ],
)
async def test_an_order_can_be_described(text: str, number: str) -> None:
    played = await Played("return_form", mall(DELIVERED, RICE)).hears("我要退货", text)
    assert played.told["order_no"] == number


async def test_the_first_message_may_describe_it() -> None:
    played = await Played("return_form", mall(DELIVERED, RICE)).hears("昨天下的单要退掉")
    assert played.told["order_no"] == RICE.number


async def test_an_order_meant_that_cannot_be_is_not_swapped_for_one_that_can() -> None:
    played = await Played("return_form").hears("今天买的砂糖橘要退货")
    assert "order_no" not in played.told
    assert played.says[0] == which_order.NOT_YET_SENT.format(number=PAID.number, title="退货")


async def test_two_that_fit_a_description_are_named() -> None:
    played = await Played("return_form", mall(DELIVERED, RICE)).hears("我要退货", "买大米的")
    assert played.asked == "order_no"
    assert RICE.number in played.says[0]
    assert DELIVERED.number in played.says[0]


async def test_the_one_proposed_can_be_declined_or_taken() -> None:
    played = await Played("return_form").hears("退货", "不是这单")
    assert played.asked == "order_no"
    assert played.choices == ()
    again = await Played("return_form").hears("退货", STRANGERS.number)
    assert again.choices == (wording.THIS_ONE, wording.NOT_THIS_ONE)
    await again.hears(wording.THIS_ONE)
    assert again.told["order_no"] == DELIVERED.number


async def test_where_none_fits_the_reason_is_told() -> None:
    played = await Played("return_form", mall(PAID)).hears("我要退货")
    assert "还没发货" in played.says[-1]
    assert played.asked == "order_no"


@pytest.mark.parametrize("order", [STRANGERS, NOBODYS])
@pytest.mark.parametrize(
    "form", ["return_form", "exchange_form", "address_form", "cancel_form", "invoice_form"]
)
async def test_somebody_elses_order_is_neither_shown_nor_taken(form: str, order: object) -> None:
    played = await Played(form, mall(STRANGERS, NOBODYS)).hears("开始", getattr(order, "number", ""))
    assert "order_no" not in played.told
    assert played.says[0] == wording.NOT_YOURS.format(title=played.form.title)
    assert "抽纸" not in "".join(played.says) + "".join(played.choices)


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        ("trouble_form", ["少发了", STRANGERS.number, "大米", "少了一袋", "补发"]),
        ("complaint_form", ["投诉", "送来就是坏的", STRANGERS.number, "赔偿"]),
    ],
)
async def test_people_may_look_at_a_present_but_its_goods_stay_hidden(form: str, lines: list[str]) -> None:
    played = Played(form, mall(STRANGERS))
    heard = ""
    for text in lines:
        await played.hears(text)
        heard += "".join(played.says) + "".join(played.choices)
    assert played.asked == "confirmed"
    assert played.told["order_no"] == STRANGERS.number
    assert "抽纸" not in heard


async def test_a_mall_away_at_the_beginning_is_told_and_nothing_is_lost() -> None:
    shop = mall()
    shop.away = True
    played = await Played("address_form", shop).hears("改地址，改到浙江省杭州市西湖区文三路5号")
    assert played.says == (wording.MALL_AWAY, wording.ORDER_NUMBER)
    assert played.choices == (wording.PERSON,)
    await played.hears(PAID.number)
    assert played.says[0] == wording.MALL_AWAY
    shop.away = False
    await played.hears(PAID.number, "不变")
    assert played.asked == "confirmed"
    assert played.told["address"] == "浙江省杭州市西湖区文三路5号"


async def test_a_mall_away_counts_as_nobodys_mistake() -> None:
    shop = mall()
    shop.away = True
    played = await Played("return_form", shop).hears("退货", PAID.number, PAID.number, PAID.number)
    assert wording.OFFER_A_PERSON not in played.says


async def test_the_errand_of_a_confirmed_form_waits_for_a_mall_that_is_away() -> None:
    played = await Played("cancel_form").hears("取消订单")
    played.mall.away = True
    await played.hears("确认提交")
    assert played.ended is not None
    assert (played.ended.ending, len(played.ended.errands)) == (Ending.DONE, 1)


async def test_an_order_that_moved_on_is_not_changed_any_more() -> None:
    played = await Played("cancel_form").hears("取消订单")
    sent = mall(replace(DELIVERED, number=PAID.number))
    ended = await GuidedService(sent, sent).submit(
        played.form, {**played.collected, "confirmed": "yes"}, WANG
    )
    assert ended.errands == ()
    assert ended.ending is Ending.CANCELLED
    assert "没有提交" in ended.says[0]


@pytest.mark.parametrize(
    "form",
    [
        "return_form",
        "exchange_form",
        "address_form",
        "cancel_form",
        "invoice_form",
        "redeem_form",
        "trouble_form",
    ],
)
async def test_a_form_that_is_not_whole_is_not_handed_in(form: str) -> None:
    played = Played(form)
    ended = await played.service.submit(played.form, {"confirmed": "yes", "order_no": DELIVERED.number}, WANG)
    assert (ended.errands, ended.hand_over, ended.ending) == ((), None, Ending.CANCELLED)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("confirmed", "no"),
        ("confirmed", CANCELLED),
        ("order_no", STRANGERS.number),
        ("order_no", "最近那单"),
        ("order_no", ""),
        ("title_kind", "随便"),
        ("title", "91990000MA00000M11"),
        ("tax_no", "91990000MA00000M12"),
        ("email", "fp@example"),
        ("email", ""),
    ],
)
async def test_one_wrong_value_is_enough(slot: str, value: str) -> None:
    whole = {
        "order_no": DELIVERED.number,
        "title_kind": "公司",
        "title": "禾野测试有限公司",
        "tax_no": "91990000MA00000M11",
        "email": "fp@example.com",
        "confirmed": "yes",
    }
    played = Played("invoice_form")
    done = await played.service.submit(played.form, whole, WANG)
    assert len(done.errands) == 1
    ended = await played.service.submit(played.form, {**whole, slot: value}, WANG)
    assert (ended.errands, ended.ending) == ((), Ending.CANCELLED)


@pytest.mark.parametrize(
    ("points", "text", "choices"),
    [
        (
            {WANG.conversation_id: 500},
            wording.PROMPTS["reward"].format(points=500),
            ("抽纸一提（200 积分）",),
        ),
        (
            {WANG.conversation_id: 5},
            wording.TOO_FEW.format(points=5, name="抽纸一提", needed=200),
            (wording.NO,),
        ),
        ({}, wording.POINTS_UNKNOWN, (wording.PERSON, wording.NO)),
    ],
)
async def test_only_what_the_points_are_enough_for_is_offered(
    points: dict[str, int], text: str, choices: tuple[str, ...]
) -> None:
    played = await Played("redeem_form", MemoryMall(points=points, rewards=REWARDS)).hears("积分换东西")
    assert (played.says[-1], played.choices) == (text, choices)


async def test_points_away() -> None:
    shop = mall()
    shop.away = True
    played = await Played("redeem_form", shop).hears("积分换东西")
    assert played.says[-1] == wording.POINTS_AWAY


async def test_an_address_may_come_in_pieces() -> None:
    played = await Played("address_form").hears("改地址", "上海市徐汇区", "漕溪路", "88号2单元301")
    assert played.told["address"] == "上海市徐汇区漕溪路88号2单元301"
    backwards = await Played("address_form").hears("改地址", "漕溪路88号", "哦，忘了", "上海市徐汇区")
    assert backwards.told["address"] == "上海市徐汇区漕溪路88号"


async def test_after_two_wrong_answers_a_person_can_be_tapped() -> None:
    played = await Played("address_form").hears("改地址", "不知道")
    assert wording.PERSON not in played.choices
    await played.hears("不知道啊")
    assert wording.PERSON in played.choices


async def test_a_customer_may_take_their_time() -> None:
    played = await Played("address_form").hears("改地址", "等一下", "稍等，我看看", "等等")
    assert played.says == (wording.NO_HURRY, wording.PROMPTS["address"])
    assert wording.PERSON not in played.choices


async def test_what_is_kept_beside_the_slots_is_shown_to_nobody() -> None:
    played = await Played("address_form").hears("改地址", "不知道")
    guidance = await played.service.ask(played.form, "address", played.collected, WANG)
    assert "wrong" in played.collected
    assert "wrong" not in guidance.collected


async def test_keeping_the_goods_is_noted_at_any_step_and_decided_by_people() -> None:
    played = await Played("return_form").hears("退货", "抽纸", "不喜欢", "能不能不退货只退款")
    assert played.asked == "confirmed"
    assert "仅退款" in played.says[-1]
    await played.hears("还是退货退款吧")
    assert "仅退款" not in played.says[-1]
    await played.hears("确认提交")
    assert played.ended is not None
    assert len(played.ended.errands) == 1
