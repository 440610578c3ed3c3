"""The least probability from which on answers keep within a bound."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge_base.calibrating.cut_offs import FEWEST, NEVER, fit_cut_offs, upper_ends


def cut_off(right: list[bool], bound: float, *, questions: list[int] | None = None) -> float:
    probabilities = np.linspace(0.99, 0.01, len(right))
    (found,) = fit_cut_offs(
        probabilities,
        np.array(right),
        np.ones(len(right)),
        bounds=[bound],
        questions=None if questions is None else np.array(questions),
    )
    return found.probability


@pytest.mark.parametrize(
    ("wrong", "answers", "upper"), [(0.0, 133, 0.01994), (0.0, 100, 0.02634), (0.1, 1000, 0.11670)]
)
def test_upper_ends_are_wilsons(wrong: float, answers: int, upper: float) -> None:
    assert upper_ends(np.array([wrong]), np.array([float(answers)]))[0] == pytest.approx(upper, abs=2e-5)


def test_everything_is_answered_when_enough_are_right() -> None:
    assert cut_off([True] * 200, 0.02) == 0.01


def test_the_cut_off_is_where_the_answers_above_it_keep_within_the_bound() -> None:
    right = [True] * 300 + [False] * 100
    found = cut_off(right, 0.05)
    answered = np.linspace(0.99, 0.01, 400) >= found - 1e-4
    wrong = (~np.array(right))[answered].sum()
    assert 0 < wrong / answered.sum() < 0.05


def test_few_answers_prove_nothing() -> None:
    assert cut_off([True] * (FEWEST - 1), 0.5) == NEVER
    assert cut_off([True] * 132, 0.02) == NEVER
    assert cut_off([False] * 400, 0.3) == NEVER


def test_questions_asked_again_and_again_count_once() -> None:
    assert cut_off([True] * 200, 0.02) < NEVER
    assert cut_off([True] * 200, 0.02, questions=[number // 2 for number in range(200)]) == NEVER
    assert cut_off([True] * 400, 0.02, questions=[number // 2 for number in range(400)]) < NEVER
