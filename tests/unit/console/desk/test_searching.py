"""Where the words stand in a message that was found."""

from __future__ import annotations

from console.desk.searching import around


def test_the_words_stand_between_what_surrounds_them() -> None:
    assert around("荔枝 到的时候\n坏了三颗", "坏了") == ("荔枝 到的时候 ", "坏了", "三颗")


def test_either_case_is_found_and_shown_as_it_was_written() -> None:
    assert around("订单 HY20261101001 到哪了", "hy2026") == ("订单 ", "HY2026", "1101001 到哪了")


def test_long_surroundings_are_cut() -> None:
    before, words, after = around("前" * 100 + "坏了" + "后" * 100, "坏了") or ("", "", "")
    assert before == "…" + "前" * 24
    assert words == "坏了"
    assert after == "后" * 24 + "…"


def test_words_that_only_its_envelope_has_are_not_found() -> None:
    assert around("你好", "MsgType") is None


def test_a_letter_that_grows_when_its_case_is_folded_cuts_nothing_wrongly() -> None:
    found = around("Straße 坏了", "坏了")
    assert found is not None
    assert "坏了" in "".join(found)
