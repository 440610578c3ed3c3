"""Which number it is does not matter, how a word sounds does."""

import pytest

from intents.components.wording import LONGEST, sounds, without_numbers


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("订单20261120123456到哪了", "订单订单编号到哪了"),
        ("Ｅ1001 怎么样了", "订单编号 怎么样了"),
        ("打138 0000 2468", "打手机号码"),
        ("满100减20", "满0减0"),
        ("SKU1024", "sku0"),
    ],
)
def test_numbers_are_told_apart_by_kind_only(text: str, seen: str) -> None:
    assert without_numbers(text) == seen


def test_long_texts_are_cut() -> None:
    assert len(without_numbers("退" * 5000)) == LONGEST


def test_misspelt_words_sound_alike() -> None:
    assert sounds("收货") == sounds("收获") == ["shou", "huo"]
