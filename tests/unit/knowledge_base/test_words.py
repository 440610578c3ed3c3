"""The words of a question and how much each says."""

from __future__ import annotations

from knowledge_base.words import heavy_words, load_dictionary


def test_rare_words_weigh_more_than_common_ones() -> None:
    weights = dict(heavy_words("口香糖有没有无糖的东西"))
    assert weights["口香糖"] > weights["东西"] > 0
    assert all(0 <= weight <= 1 for weight in weights.values())


def test_single_characters_and_signs_are_no_words() -> None:
    assert heavy_words("退?") == ()
    assert [word for word, _ in heavy_words("运费,运费!谁出")] == ["运费"]


def test_a_word_that_no_dictionary_has_is_the_heaviest() -> None:
    ((word, weight),) = heavy_words("fahuo")
    assert (word, weight) == ("fahuo", 1.0)


def test_the_dictionary_is_opened_once() -> None:
    assert load_dictionary() is load_dictionary()
