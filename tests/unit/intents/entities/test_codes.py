"""Codes of goods and campaigns, mail, order numbers and phones."""

import pytest

from intents.entities.codes import campaign_code, email, sku
from intents.entities.order_numbers import order_code, phone_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sku1024", "SKU1024"),
        ("sku-1024 有货吗", "SKU1024"),
        ("货号b-200", "B-200"),
        ("编码是sku2077", "SKU2077"),
        ("货号多少", None),
        ("asku1024", None),
        ("", None),
    ],
)
def test_sku(text: str, code: str | None) -> None:
    found = sku(text)
    assert (found and found.value) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("拼团 a12", "A12"),
        ("a12的团还能进吗", "A12"),
        ("团号g3088", "G3088"),
        ("团号3088", "3088"),
        ("g3088", "G3088"),
        ("活动码是g2216", "G2216"),
        ("我要参团a7", "A7"),
        ("zb0618直播福利", "ZB0618"),
        ("a2038拼团成功没", None),
        ("拼团取消 e1001", None),
        ("团购3份", None),
        ("拼团", None),
        ("", None),
    ],
)
def test_campaign_code(text: str, code: str | None) -> None:
    found = campaign_code(text)
    assert (found and found.value) == code


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("邮箱 test@example.com", "test@example.com"),
        ("发到a.b-c@mail.example.com.cn吧", "a.b-c@mail.example.com.cn"),
        ("test@example", None),
        ("@example.com", None),
        ("", None),
    ],
)
def test_email(text: str, address: str | None) -> None:
    found = email(text)
    assert (found and found.value) == address


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("hy20261101001到哪了", "HY20261101001"),
        ("hy 20261101001", "HY20261101001"),
        ("20261120123456", "20261120123456"),
        ("e1001", "E1001"),
        ("我要退货退款 e1001", "E1001"),
        ("a2038拼团成功没", "A2038"),
        ("a1001发货没", "A1001"),
        ("a4纸", None),
        ("v100手机壳好看吗", None),
        ("型号e1001有吗", None),
        ("13812345678", None),
        ("", None),
    ],
)
def test_order_code(text: str, number: str | None) -> None:
    found = order_code(text)
    assert (found and found.value) == number


@pytest.mark.parametrize(
    ("text", "digits"),
    [("138 0000 2468", "13800002468"), ("+86-13800002468", "13800002468"), ("12800002468", None), ("", None)],
)
def test_phone_code(text: str, digits: str | None) -> None:
    found = phone_code(text)
    assert (found and found.value) == digits
