"""What of a text is counted."""

import numpy as np
import pytest

from intents.fallback_model.features import Features, asks_how, without_numbers

SOUNDS = {"退": "tui", "推": "tui", "货": "huo", "或": "huo"}
FEATURES = Features.of(["退货", "开发票", "有货吗"], SOUNDS)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("满100减20", "满0减0"),
        ("订单 20261120123456", "订单订单编号"),
        ("E1001 到哪了", "订单编号到哪了"),
        ("１３８ ０００１ ２３４５", "手机号码"),
        ("", ""),
    ],
)
def test_which_number_it_is_does_not_matter(text: str, plain: str) -> None:
    assert without_numbers(text) == plain


def test_each_kind_has_length_one() -> None:
    places, values = FEATURES.vector("退货")
    of_characters = values[places < len(FEATURES.characters.places)]
    assert np.linalg.norm(of_characters) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(values) == pytest.approx(2**0.5, abs=1e-5)


def test_what_sounds_the_same_shares_syllables_only() -> None:
    right, wrong = (set(FEATURES.vector(text)[0].tolist()) for text in ("退货", "推或"))
    shared = right & wrong
    assert shared == {place for place in right if place >= len(FEATURES.characters.places)}


def test_rare_characters_count_more() -> None:
    places, values = FEATURES.vector("退货")
    by_place = dict(zip(places.tolist(), values.tolist(), strict=True))
    known = FEATURES.characters.places
    assert by_place[known["退"]] > by_place[known["货"]]


def test_nothing_known_gives_nothing() -> None:
    places, values = FEATURES.vector("zzz")
    assert len(places) == len(values) == 0


@pytest.mark.parametrize(
    ("text", "how"),
    [("怎么退货", 1), ("退货几天到账", 1), ("怎么还没到", 0), ("我要退货", 0), ("能不能退货", 0), ("", 0)],
)
def test_asks_how(text: str, how: int) -> None:
    assert asks_how(text) == how
