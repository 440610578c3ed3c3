"""Long texts are cut where a reader would cut them, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.splitting import split_text
from channels.text import byte_length


def test_a_short_text_stays_whole() -> None:
    assert split_text("您好，欢迎光临～", 2048) == ["您好，欢迎光临～"]


def test_cuts_fall_after_sentences() -> None:
    text = "今天下单，明天送到。生鲜不支持七天无理由退货，但是坏果包赔！请拍照发给我们。"
    assert split_text(text, 100) == [
        "今天下单，明天送到。生鲜不支持七天无理由退货，但是坏果包赔！",
        "请拍照发给我们。",
    ]


def test_a_closing_quote_stays_with_its_sentence() -> None:
    assert split_text("他说：“可以退货。”那就请您把商品寄回来吧", 30) == [
        "他说：“可以退货。”",
        "那就请您把商品寄回来",
        "吧",
    ]


def test_without_sentences_it_cuts_at_pauses_then_between_characters() -> None:
    assert split_text("红富士苹果五斤装，砂糖橘三斤装", 30) == ["红富士苹果五斤装，", "砂糖橘三斤装"]
    assert split_text("一二三四五六", 7) == ["一二", "三四", "五六"]


def test_an_emoji_of_several_code_points_is_not_torn() -> None:
    family = "👨‍👩‍👧"
    size = byte_length(family)
    assert split_text(family * 3, size + 3) == [family] * 3


def test_a_character_larger_than_a_piece_is_cut_between_code_points() -> None:
    assert all(byte_length(piece) <= 5 for piece in split_text("👨‍👩‍👧", 5))


def test_blank_texts_have_no_pieces() -> None:
    assert split_text(" \n\t ", 10) == []


def test_a_limit_too_small_for_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 4"):
        split_text("好", 3)


TEXTS = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("。！？，\n ”👨\u200d👩🇨🇳e\u0301")), max_size=300
)


@given(text=TEXTS, max_bytes=st.integers(4, 80))
def test_pieces_fit_and_hold_the_whole_text(text: str, max_bytes: int) -> None:
    pieces = split_text(text, max_bytes)
    assert all(0 < byte_length(piece) <= max_bytes and piece.strip() for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
