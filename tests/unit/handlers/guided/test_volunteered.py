"""What a message tells without being asked."""

from collections.abc import Mapping

import pytest

from handlers.guided.forms import FORMS
from handlers.guided.volunteered import number_told, refund_only, told_at_first, volunteered, without_number

ADDRESS = "浙江省杭州市西湖区文三路5号"
CODE = "91990000MA00000M11"
COMPANY = {"title_kind": "公司", "title": "禾野测试有限公司", "tax_no": CODE}


@pytest.mark.parametrize(
    ("form", "asked", "text", "number"),
    [
        ("return_form", None, "HY20261101001退货", "HY20261101001"),
        ("return_form", "reason", "ｈｙ２０２６１１０１００１ 不喜欢", "HY20261101001"),
        ("return_form", "order_no", "20261101001234", "20261101001234"),
        ("address_form", "phone", "1380000123", None),
        ("address_form", "phone", "HY20261101001", "HY20261101001"),
        ("invoice_form", "tax_no", "330106123456789", None),
        ("invoice_form", None, "开票 税号330106123456789", None),
        ("invoice_form", "title", f"禾野测试有限公司 {CODE}", None),
        ("redeem_form", "reward", "20261101001234", None),
        ("return_form", None, "13800001234", None),
    ],
)
def test_an_order_number_and_what_only_looks_like_one(
    form: str, asked: str | None, text: str, number: str | None
) -> None:
    assert number_told(FORMS[form], asked, text, {}) == number


def test_a_short_number_only_where_an_order_is_named() -> None:
    assert number_told(FORMS["return_form"], "reason", "型号a1001坏了", {}) is None
    assert number_told(FORMS["return_form"], "reason", "单子a1001坏了", {"order_no": "A1001"}) == "A1001"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("订单号是HY20261101001，不喜欢", "，不喜欢"),
        ("hy 20261101001 的大米", "的大米"),
        ("HY20261101001", ""),
    ],
)
def test_the_rest_of_a_message_with_a_number(text: str, rest: str) -> None:
    assert without_number(text, "HY20261101001") == rest


@pytest.mark.parametrize(
    ("form", "asked", "text", "collected", "told"),
    [
        ("address_form", None, f"改地址，改到{ADDRESS}", {}, {"address": ADDRESS}),
        (
            "address_form",
            None,
            f"地址写错了，应该是{ADDRESS} 13800001234",
            {},
            {"address": ADDRESS, "phone": "13800001234"},
        ),
        ("address_form", "confirmed", ADDRESS, {"address": "旧"}, {"address": ADDRESS}),
        (
            "address_form",
            "confirmed",
            "手机号换成138 0000 1234",
            {"phone": "13900001234"},
            {"phone": "13800001234"},
        ),
        ("address_form", "confirmed", "13800001234", {"phone": "13800001234"}, {}),
        ("address_form", "address", ADDRESS, {}, {}),
        ("address_form", "address", f"{ADDRESS} 13800001234", {}, {"phone": "13800001234"}),
        ("return_form", "reason", "打13800001234没人接", {}, {}),
        ("invoice_form", None, "抬头个人", {}, {"title_kind": "个人", "title": None}),
        ("invoice_form", None, "开公司发票", {}, {"title_kind": "公司", "title": None, "tax_no": None}),
        ("invoice_form", None, f"抬头：禾野测试有限公司，税号：{CODE}", {}, COMPANY),
        ("invoice_form", None, "发到fp@example.com", {}, {"email": "fp@example.com"}),
        ("invoice_form", "title", "禾野测试有限公司", {"title_kind": "公司"}, {}),
        (
            "invoice_form",
            "email",
            "改成个人的",
            COMPANY,
            {"title_kind": "个人", "title": None, "tax_no": None},
        ),
        ("invoice_form", "confirmed", f"税号{CODE}", {"title_kind": "个人"}, {}),
        ("invoice_form", "confirmed", "开个人的", {"title_kind": "个人", "title": "王小明"}, {}),
        ("exchange_form", "confirmed", "换成蓝色的", {"new_spec": "红色的"}, {"new_spec": "蓝色的"}),
    ],
)
def test_told_unasked(
    form: str, asked: str | None, text: str, collected: Mapping[str, str], told: Mapping[str, str | None]
) -> None:
    assert volunteered(FORMS[form], asked, text, collected) == told


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("能不能不退货只退款", "仅退款"),
        ("只退款行吗", "仅退款"),
        ("退款不退货", "仅退款"),
        ("直接退钱吧", "仅退款"),
        ("退货退款", ""),
        ("我要退货", ""),
        ("什么时候退款", ""),
    ],
)
def test_keeping_the_goods(text: str, wish: str) -> None:
    noted, _ = refund_only(FORMS["return_form"], text, {})
    assert noted.get("wish", "") == wish
    assert refund_only(FORMS["exchange_form"], text, {}) == ({}, text)


def test_keeping_the_goods_is_taken_back() -> None:
    noted, rest = refund_only(FORMS["return_form"], "那还是退货退款", {"wish": "仅退款"})
    assert noted == {"wish": None}
    assert "退款" not in rest


@pytest.mark.parametrize(
    ("form", "text", "entities", "told"),
    [
        ("return_form", "不喜欢，退了", {"reason": "不喜欢"}, {"reason": "不喜欢"}),
        ("return_form", "我要退货", {}, {}),
        ("return_form", "我想退了那个大米，有虫", {}, {"reason": "有虫"}),
        ("return_form", "上周买的东西不想要了", {}, {"reason": "不想要了"}),
        ("exchange_form", "大米想换小包装的", {}, {"new_spec": "小包装的"}),
        ("exchange_form", "帮我换成蓝色的", {}, {"new_spec": "蓝色的"}),
        ("exchange_form", "尺码小了 换大一号", {}, {"new_spec": "大一号"}),
        ("exchange_form", "我要换货", {}, {}),
        ("complaint_form", "我要投诉", {}, {}),
        ("complaint_form", "投诉，快递员乱扔包裹", {}, {"details": "投诉，快递员乱扔包裹"}),
        ("trouble_form", "收到的大米袋子破了", {}, {"problem": "收到的大米袋子破了"}),
        ("trouble_form", "坏了", {}, {}),
        ("trouble_form", "少发了一袋，给我补发", {}, {"problem": "少发了一袋，给我补发", "wish": "补发"}),
        ("cancel_form", "取消订单", {}, {}),
    ],
)
def test_told_at_first(form: str, text: str, entities: Mapping[str, str], told: Mapping[str, str]) -> None:
    assert told_at_first(FORMS[form], text, entities) == told
