"""Ranking."""

import numpy as np
import pytest

from intents.fallback_model.certainty import Certainty, figures
from tests.unit.intents.small_model import LETTERS, fitted, letters


def test_all_intents_are_ranked_by_how_sure_they_are() -> None:
    ranking = fitted(LETTERS).model.rank("我要退货", letters(["我要退货"])[0])
    assert ranking[0][0] == "return_goods"
    assert [sure for _, sure in ranking] == sorted((sure for _, sure in ranking), reverse=True)


def test_without_the_vector_it_needs_it_refuses() -> None:
    with pytest.raises(ValueError, match="vector"):
        fitted(LETTERS).model.rank("我要退货")


@pytest.mark.parametrize("text", ["", "。", "zzzz", "\ud83c", "退" * 10_000])
def test_any_text_is_ranked(text: str) -> None:
    assert len(fitted("").model.rank(text)) == 3


def test_an_intent_is_surer_far_ahead_and_less_sure_of_how_questions() -> None:
    margins = np.array([[0.5, 0.4, 0.0], [0.5, -0.9, 0.0]])
    certainty = Certainty(weights=(1.0, 1.0, 1.0, -1.0), offset=0.0)
    near, far = certainty.of(margins, np.zeros(2))[:, 0]
    assert far > near
    assert certainty.of(margins, np.ones(2))[0, 0] < near


def test_figures() -> None:
    told = figures(np.array([[0.5, 0.2, -0.3]]), np.array([1.0]))
    assert told.tolist() == [[[0.5, pytest.approx(0.3), -0.3, 1], [0.2, pytest.approx(-0.3), -0.3, 1]]]
