"""Sides that exclude each other, and numbers of the same thing."""

from __future__ import annotations

import pytest

from knowledge_base.contrast import contrast, named_in
from knowledge_base.quantity import quantities_of, quantity_differs


@pytest.mark.parametrize(
    ("asked", "phrasings", "name"),
    [
        ("寄到华北几天", ["华南几天能到"], "region"),
        ("寄到山西几天", ["华北几天能到"], None),
        ("寄到山西几天", ["河北几天能到"], "province"),
        ("羊毛衫能机洗吗", ["羽绒服能机洗吗"], "goods"),
        ("羊毛衫能机洗吗", ["羽绒服能机洗吗", "能机洗吗"], None),
        ("没拆封可以退吗", ["拆封了能退吗"], "opened"),
        ("电子发票怎么下载", ["纸质发票几天寄到"], "invoice_form"),
        ("怎么退货", ["怎么退货"], None),
        ("怎么退货", [], None),
    ],
)
def test_contrast(asked: str, phrasings: list[str], name: str | None) -> None:
    assert contrast(asked, phrasings) == name


@pytest.mark.parametrize(
    ("asked", "phrasings", "differs"),
    [
        ("满200能用吗", ["满100能用吗"], True),
        ("3人团几折", ["三人团几折"], False),
        ("5人团几折", ["三人团几折"], True),
        ("5人团几折", ["三人团几折", "拼团几折"], False),
        ("十五天还能退吗", ["7天能退吗"], True),
        ("3人团", ["打3折吗"], False),
        ("168 60kg穿什么码", ["160 50kg穿什么码"], False),
        ("身高168穿什么码", ["身高160穿什么码"], False),
        ("60kg穿什么", ["50kg穿什么"], False),
        ("订单2099771234567", ["订单100"], False),
        ("500ml多少钱", ["500毫升多少钱"], False),
        ("满100减10", ["满200减10"], True),
        ("满100减10", ["减10要满100"], False),
        ("1.5升", ["15升"], True),
        ("168穿多大", ["尺码怎么选"], False),
    ],
)
def test_numbers(asked: str, phrasings: list[str], *, differs: bool) -> None:
    assert quantity_differs(asked, phrasings) is differs


def test_spelled_numbers_count_where_a_unit_follows() -> None:
    assert quantities_of("等了一下二十五天三百元") == {"天": {25.0}, "元": {300.0}}


def test_things_that_a_text_names() -> None:
    (leather, apple) = named_in("牛皮包和苹果")
    assert (leather.start, leather.stop, leather.kinds) == (0, 2, frozenset({"fibre"}))
    assert (apple.start, apple.stop, apple.kinds) == (4, 6, frozenset({"goods"}))
    assert [sorted(name.kinds) for name in named_in("广州")] == [["province", "region"]]
    assert named_in("你们好") == []
