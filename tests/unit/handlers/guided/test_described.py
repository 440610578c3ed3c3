"""Orders and goods by place, by name, by day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.guided.described import goods_meant, goods_named, orders_meant, says_no, says_yes
from mall.port import Item
from tests.unit.handlers.guided.shop import DELIVERED, NOON, PAID

RICE = replace(
    DELIVERED,
    number="HY20261101011",
    placed_at=NOON - timedelta(days=1),
    items=(Item("东北大米 5斤", 1),),
)
VINEGAR = replace(
    DELIVERED,
    number="HY20261101012",
    placed_at=NOON - timedelta(days=6),
    items=(Item("山西老陈醋 500ml", 2), Item("316不锈钢保温杯 480ml", 1)),
)
SHOWN = (RICE, DELIVERED, VINEGAR)
THEIRS = (PAID, *SHOWN)
NAMES = ("五常大米 稻花香2号 10斤", "东北大米 5斤", "山西老陈醋 500ml", "抽纸 24包")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第二个", [DELIVERED.number]),
        ("3", [VINEGAR.number]),
        ("最后一个", [VINEGAR.number]),
        ("9", []),
        ("最近那单", [RICE.number]),
        ("上一单", [RICE.number]),
        ("昨天下的单", [RICE.number]),
        ("周三买的", [VINEGAR.number]),
        ("10月28号那单", [VINEGAR.number]),
        ("买抽纸的那单", [DELIVERED.number]),
        ("那个保温杯", [VINEGAR.number]),
        ("醋", [VINEGAR.number]),
        ("东北大米那单", [RICE.number]),
        ("买大米的", [RICE.number, DELIVERED.number]),
        ("昨天买的大米", [RICE.number]),
        ("今天买的砂糖橘", [PAID.number]),
        ("砂糖橘", [PAID.number]),
        ("退货", []),
        ("随便", []),
        ("", []),
    ],
)
def test_an_order_by_its_description(text: str, numbers: list[str]) -> None:
    assert [order.number for order in orders_meant(text, SHOWN, THEIRS, NOON)] == numbers


@pytest.mark.parametrize("text", ["是的", "就是这一单", "对", "好的", "嗯嗯"])
def test_a_yes_means_the_only_one_shown(text: str) -> None:
    assert orders_meant(text, (RICE,), THEIRS, NOON) == (RICE,)
    assert orders_meant(text, SHOWN, THEIRS, NOON) == ()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("五常大米 稻花香2号 10斤", NAMES[:1]),
        ("大米", ()),
        ("五常那个", NAMES[:1]),
        ("抽纸", NAMES[3:]),
        ("醋和抽纸", NAMES[2:]),
        ("第二个", NAMES[1:2]),
        ("不要抽纸，要退老陈醋", NAMES[2:3]),
        ("不是五常大米，是东北大米", NAMES[1:2]),
        ("都退", NAMES),
        ("全部", NAMES),
        ("整单都退", NAMES),
        ("都不是", ()),
        ("7", ()),
        ("冰箱", ()),
        ("10斤", ()),
    ],
)
def test_goods(text: str, meant: tuple[str, ...]) -> None:
    assert goods_meant(text, NAMES) == meant


def test_a_number_in_a_sentence_that_names_goods_is_no_place() -> None:
    assert goods_named("1", NAMES) == ()
    assert goods_named("抽纸", NAMES) == NAMES[3:]


@pytest.mark.parametrize("text", ["不是", "不对", "不是这一单", "换一单", "别的单", "这单不对", "都不是"])
def test_no(text: str) -> None:
    assert says_no(text)
    assert not says_yes(text)


@pytest.mark.parametrize("text", ["不喜欢", "没有打开过", "我想想", "大米"])
def test_neither(text: str) -> None:
    assert not says_no(text)
    assert not says_yes(text)
