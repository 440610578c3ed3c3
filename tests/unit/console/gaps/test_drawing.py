"""The curve as it is drawn: worked out by hand."""

from __future__ import annotations

import pytest

from console.gaps.drawing import HEIGHT, WIDTH, draw
from knowledge_base.calibrating.curve import Curve, Grounds, Point


def curve(*shares: tuple[float, float]) -> Curve:
    """Points: coverage, wrong rate."""
    points = tuple(
        Point(cut_off=1 - place / 100, coverage=coverage, wrong_rate=wrong, answered=10, wrong=1)
        for place, (coverage, wrong) in enumerate(shares)
    )
    return Curve(grounds=Grounds.PHRASINGS, questions=100, points=points)


def test_without_a_line_nothing_is_drawn() -> None:
    assert draw(None, max_wrong_rate=0.02) is None
    assert draw(curve((0.1, 0.0)), max_wrong_rate=0.02) is None


def test_coverage_goes_across_and_wrong_answers_up() -> None:
    drawn = draw(curve((0.0, 0.0), (0.5, 0.05), (1.0, 0.1)), max_wrong_rate=0.02)
    assert drawn is not None
    assert drawn.highest == pytest.approx(0.1)
    assert drawn.line == f"0.0,{HEIGHT:.1f} {WIDTH / 2:.1f},{HEIGHT / 2:.1f} {WIDTH:.1f},0.0"
    assert drawn.bound == pytest.approx(HEIGHT * 0.8)
    assert len(drawn.rows) == 3


def test_the_wanted_bound_is_on_the_drawing_and_few_rows_are_shown() -> None:
    many = curve(*((place / 40, 0.0) for place in range(40)))
    drawn = draw(many, max_wrong_rate=0.12)
    assert drawn is not None
    assert drawn.highest == pytest.approx(0.15)
    assert len(drawn.rows) == 8
    assert (drawn.rows[0], drawn.rows[-1]) == (many.points[0], many.points[-1])
