"""Words typed in letters."""

from __future__ import annotations

import pytest

from knowledge_base.spelling import Speller, has_letters, sounds_of

SPELLER = Speller(sounds_of(["什么时候发货", "怎么退货", "退货的运费谁出"]))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("fahuo", "发货"),
        ("我的单什么时候fahuo呀", "我的单什么时候发货呀"),
        ("zenme tuihuo", "怎么退货"),
        ("tui huo", "退货"),
        ("iphone", "iphone"),
        ("app打不开", "app打不开"),
        ("怎么退货", "怎么退货"),
        ("", ""),
        ("a" * 500, "a" * 500),
    ],
)
def test_words_in_letters(typed: str, read: str) -> None:
    assert SPELLER.respelled(typed) == read


def test_letters_are_seen() -> None:
    assert has_letters("什么时候fahuo")
    assert not has_letters("168 60")
