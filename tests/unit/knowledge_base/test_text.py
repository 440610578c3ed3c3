"""One form for what people type."""

from __future__ import annotations

import pytest

from knowledge_base.text import MAX_CHARACTERS, exact_key, tidy


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("  怎么  退货\n呢 ", "怎么 退货 呢"),
        ("ＬＯＧＯ能印嗎？", "logo能印吗?"),
        ("請問這個優惠券怎麼用", "请问这个优惠券怎么用"),
        ("退\u200b货\x00", "退货"),
        ("", ""),
    ],
)
def test_tidy(typed: str, tidied: str) -> None:
    assert tidy(typed) == tidied


def test_only_the_beginning_of_a_long_text_counts() -> None:
    assert len(tidy("㍿" * 10_000)) <= MAX_CHARACTERS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("你好，请问怎么退货呀？", "怎么退货"),
        ("亲，怎么退货😀😀", "怎么退货"),
        ("怎么退货啊谢谢", "怎么退货！"),
        ("在吗？可以开发票吗", "可以开发票"),
        ("亲，退貨流程是什么呀？", "退货流程是什么"),
        ("这个能用么", "这个能用"),
    ],
)
def test_greetings_particles_and_marks_do_not_matter(one: str, other: str) -> None:
    assert exact_key(tidy(one)) == exact_key(tidy(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("满100减10", "满200减10"),
        ("1.5升的有吗", "15升的有吗"),
        ("能退货吗", "不能退货吗"),
        ("这个怎么", "这个"),
        ("怎么用", "怎么"),
    ],
)
def test_what_changes_the_meaning_stays(one: str, other: str) -> None:
    assert exact_key(tidy(one)) != exact_key(tidy(other))


@pytest.mark.parametrize("typed", ["你好", "在吗", "谢谢"])
def test_a_text_of_filler_only_keeps_a_key(typed: str) -> None:
    assert exact_key(tidy(typed)) == typed


@pytest.mark.parametrize("typed", ["", "？！", "😀", "   "])
def test_no_words_no_key(typed: str) -> None:
    assert exact_key(tidy(typed)) == ""


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("能退吗😭😭", "能退吗"),
        ("能退吗[流泪]谢谢", "能退吗 谢谢"),
        ("👍🏻好的", "好的"),
        ("❤️", ""),
        ("40℃ 能洗吗", "40°c 能洗吗"),
    ],
)
def test_pictures_say_nothing(typed: str, tidied: str) -> None:
    assert tidy(typed) == tidied
