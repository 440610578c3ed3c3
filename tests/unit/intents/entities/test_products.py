"""Goods looked up in a list."""

import pytest

from intents.entities.products import products

GOODS = ("阿克苏苹果 5斤装", "红富士苹果", "妃子笑荔枝", "美的电饭煲 4L", "五常大米 10kg", "大米", "保温杯")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("五常大米少了两袋", ["五常大米 10kg"]),
        ("红富士苹果烂了", ["红富士苹果"]),
        ("苹果烂了三个", ["苹果"]),
        ("荔枝和保温杯", ["妃子笑荔枝", "保温杯"]),
        ("电饭煲不通电", ["美的电饭煲 4L"]),
        ("电饭宝不通电", ["美的电饭煲 4L"]),
        ("保问杯漏水", ["保温杯"]),
        ("大米有虫", ["大米"]),
        ("阿克苏苹果 5斤装 坏了", ["阿克苏苹果 5斤装"]),
        ("快递到哪了", []),
        ("", []),
    ],
)
def test_products(text: str, names: list[str]) -> None:
    assert [one.name for one in products(text, GOODS)] == names


def test_names_without_words_are_passed_over() -> None:
    assert products("abc 123", ("", "5", "4L", "10kg")) == ()
