"""What is taken back at any step of a guided conversation, and what only sounds like it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.guided import values, wording
from handlers.guided.corrections import correction, named_slot
from handlers.guided.forms import FORMS
from mall.port import Item
from tests.unit.handlers.guided.shop import DELIVERED, NOON, PAID, STRANGERS, Played, mall

ADDRESS = "浙江省杭州市西湖区文三路5号"
OTHER_ADDRESS = "上海市徐汇区漕溪路88号"
CODE = "91990000MA00000M11"
RICE = replace(
    DELIVERED, number="HY20261101011", placed_at=NOON - timedelta(days=1), items=(Item("东北大米 5斤", 1),)
)

RETURN = ("退货", "抽纸", "不喜欢")
MOVED = ("改地址", ADDRESS, "13800001234")
INVOICE = ("开票", "1", "公司", "禾野测试有限公司", CODE, "fp@example.com")


@pytest.mark.parametrize(
    ("form", "text", "slot", "value"),
    [
        ("return_form", "不对，是另一单", "order_no", ""),
        ("return_form", "换一单", "order_no", ""),
        ("return_form", "不是这单", "order_no", ""),
        ("address_form", f"地址写错了，是{ADDRESS}", "address", ADDRESS),
        ("address_form", "手机号换成13800001234", "phone", "13800001234"),
        ("address_form", "手机号不对", "phone", ""),
        ("address_form", "电话打错了", "phone", ""),
        ("return_form", "原因改成有异味", "reason", "有异味"),
        ("return_form", "商品选错了", "product", ""),
        ("exchange_form", "规格应该是大号", "new_spec", "大号"),
        ("invoice_form", "抬头改为禾野测试有限公司", "title", "禾野测试有限公司"),
        ("invoice_form", f"税号错了，{CODE}", "tax_no", CODE),
        ("invoice_form", "邮箱填错了，应该是fp@example.com", "email", "fp@example.com"),
        ("complaint_form", "诉求改成道歉", "wish", "道歉"),
    ],
)
def test_what_a_text_takes_back(form: str, text: str, slot: str, value: str) -> None:
    found = correction(FORMS[form], text)
    assert found is not None
    assert (found.slot, found.value) == (slot, value)


@pytest.mark.parametrize(
    "text", ["商品不对", "颜色不是我要的", "地址没问题", "订单里的东西坏了", "你们把单子搞错了"]
)
def test_an_answer_that_only_sounds_like_it(text: str) -> None:
    assert correction(FORMS["return_form"], text, at_start=True) is None


@pytest.mark.parametrize(
    ("text", "slot"),
    [("地址", "address"), ("改一下手机号", "phone"), ("我要改地址", "address"), ("好的", None)],
)
def test_a_slot_named_alone(text: str, slot: str | None) -> None:
    assert named_slot(FORMS["address_form"], text) == slot


@pytest.mark.parametrize(
    ("form", "before", "lines", "asked", "told"),
    [
        ("return_form", RETURN, ["商品换成大米"], "confirmed", {"product": "五常大米 10斤"}),
        ("return_form", RETURN, ["改一下", "商品", "大米"], "confirmed", {"product": "五常大米 10斤"}),
        ("return_form", RETURN, ["不对", "都不改"], "confirmed", {"reason": "不喜欢"}),
        ("return_form", RETURN, ["质量有问题"], "confirmed", {"reason": "质量有问题"}),
        ("return_form", RETURN[:2], ["商品选错了"], "product", {}),
        ("return_form", RETURN[:2], ["商品不对"], "confirmed", {"reason": "商品不对"}),
        ("return_form", RETURN[:1], ["不是"], "order_no", {}),
        (
            "address_form",
            MOVED,
            ["手机号换成139 0000 1234"],
            "confirmed",
            {"phone": "13900001234", "address": ADDRESS},
        ),
        ("address_form", MOVED, ["13900001234"], "confirmed", {"phone": "13900001234"}),
        ("address_form", MOVED, [f"地址写错了，是{OTHER_ADDRESS}"], "confirmed", {"address": OTHER_ADDRESS}),
        (
            "address_form",
            MOVED,
            [OTHER_ADDRESS],
            "confirmed",
            {"address": OTHER_ADDRESS, "phone": "13800001234"},
        ),
        ("address_form", MOVED, ["改地址"], "address", {"phone": "13800001234"}),
        ("address_form", MOVED[:2], [f"地址写错了，是{OTHER_ADDRESS}"], "phone", {"address": OTHER_ADDRESS}),
        (
            "invoice_form",
            INVOICE,
            ["改成个人", "王小明"],
            "confirmed",
            {"title_kind": "个人", "title": "王小明"},
        ),
        ("invoice_form", INVOICE, ["邮箱写错了，是b@example.com"], "confirmed", {"email": "b@example.com"}),
        (
            "invoice_form",
            INVOICE,
            ["税号改成92990200LWDK4R7T01"],
            "confirmed",
            {"tax_no": "92990200LWDK4R7T01"},
        ),
        ("invoice_form", INVOICE, ["抬头改成禾野样例有限公司"], "confirmed", {"title": "禾野样例有限公司"}),
        (
            "invoice_form",
            INVOICE[:4],
            ["还是开个人的吧", "个人", "fp@example.com"],
            "confirmed",
            {"title": "个人"},
        ),
        ("exchange_form", ("换货", "大米", "大袋的"), ["换成小袋的"], "confirmed", {"new_spec": "小袋的"}),
        ("redeem_form", ("换东西", "1"), ["换别的"], "reward", {}),
        ("cancel_form", ("取消订单",), ["不对"], "order_no", {}),
        (
            "complaint_form",
            ("投诉", "态度差", "跳过", "赔偿"),
            ["道歉并改进"],
            "confirmed",
            {"wish": "道歉并改进"},
        ),
        ("trouble_form", ("大米袋子破了", "退款"), ["补发"], "confirmed", {"wish": "补发"}),
    ],
)
async def test_one_thing_changes_and_the_rest_stays(
    form: str, before: tuple[str, ...], lines: list[str], asked: str, told: Mapping[str, str]
) -> None:
    played = await Played(form).hears(*before, *lines)
    assert played.ended is None
    assert played.asked == asked
    assert told.items() <= played.told.items()


async def test_a_company_that_becomes_a_person_has_no_tax_number() -> None:
    played = await Played("invoice_form").hears(*INVOICE, "改成个人", "王小明", "确认提交")
    assert played.ended is not None
    (errand,) = played.ended.errands
    assert errand.details == {"title_kind": "个人", "title": "王小明", "email": "fp@example.com"}


async def test_a_value_that_cannot_be_is_explained_and_asked_for_alone() -> None:
    played = await Played("address_form").hears(*MOVED, "手机号换成138")
    assert played.asked == "phone"
    assert played.says[0] == values.PHONE
    assert played.told == {"order_no": PAID.number, "address": ADDRESS}
    await played.hears("13900001234")
    assert played.asked == "confirmed"


async def test_a_number_of_another_order_takes_its_goods_along() -> None:
    played = await Played("return_form", mall(DELIVERED, RICE)).hears(
        "退货", "2", "抽纸", "不喜欢", RICE.number
    )
    assert played.told == {"order_no": RICE.number, "product": "东北大米 5斤", "reason": "不喜欢"}
    assert played.asked == "confirmed"


async def test_the_same_number_again_changes_nothing() -> None:
    played = await Played("return_form").hears(*RETURN, DELIVERED.number)
    assert (played.asked, played.told["product"]) == ("confirmed", "抽纸 24包")
    assert len(played.says) == 1


@pytest.mark.parametrize("number", [STRANGERS.number, "HY20269999999", PAID.number])
async def test_another_order_that_cannot_be_leaves_none(number: str) -> None:
    played = await Played("return_form").hears(*RETURN, f"不对，是{number}")
    assert played.asked == "order_no"
    assert played.told == {"reason": "不喜欢"}
    assert len(played.says) == 2


async def test_the_order_that_it_is_not_is_not_proposed_again() -> None:
    played = await Played("return_form", mall(DELIVERED, RICE)).hears("退货", "1", "不对，是另一单")
    assert played.asked == "order_no"
    assert DELIVERED.number in played.says[-1]
    assert RICE.number not in "".join(played.choices) + played.says[-1]
    await played.hears("不是这一单")
    assert played.says == (wording.ANOTHER_ONE, played.says[-1])
    assert played.choices == () or DELIVERED.number not in "".join(played.choices)
