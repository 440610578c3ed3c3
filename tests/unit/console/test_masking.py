"""What stays to be seen of personal data."""

from __future__ import annotations

import pytest

from console.masking import mask_address, mask_id, mask_name, mask_phone, mask_text


@pytest.mark.parametrize(
    ("name", "masked"), [("王小明", "王••"), ("欧阳娜娜", "欧••"), ("Anna", "A••"), ("李", "李••"), ("", "")]
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138••••5678"),
        ("138 1234 5678", "138••••5678"),
        ("+8613812345678", "86138••••5678"),
        ("12345", "••••"),
        ("", "••••"),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("identifier", "masked"), [("oABCdefgh123", "oA••••23"), ("lan", "l••••"), ("1234567", "1••••"), ("", "")]
)
def test_ids(identifier: str, masked: str) -> None:
    assert mask_id(identifier) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [("203.0.113.9", "203.0.•.•"), ("2001:db8::1", "2001:db8:•"), ("unix", "••••"), ("", "")],
)
def test_addresses(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我的电话13812345678，快点", "我的电话138••••5678，快点"),
        ("打 138-1234-5678 吧", "打 138••••5678 吧"),
        ("身份证11010119900307123X", "身份证110••••3X"),
        ("卡号6222020200112233445", "卡号••••3445"),
        ("邮箱 wang.ming@mail.example.com", "邮箱 w••••@mail.example.com"),
        ("订单HY20261101001到哪了，2026年买的", "订单HY20261101001到哪了，2026年买的"),
        ("满199减20", "满199减20"),
    ],
)
def test_free_text(text: str, masked: str) -> None:
    assert mask_text(text) == masked
