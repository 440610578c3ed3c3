"""The coverage-error curve as lines to draw and rows to read. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.calibrating.curve import Curve, Point

WIDTH, HEIGHT = 400, 180
"""Of the drawing's inner field, in its own units: coverage from 0 to 1 across, wrong answers upwards."""

_STEP = 0.05
_ROWS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """``line``: points of a polyline; ``highest``: the share at the top; ``bound``: how far down the line of the wanted
    share of wrong answers is; ``rows``: some of the points, the surest answers first.
    """

    line: str
    highest: float
    bound: float
    rows: tuple[Point, ...]


def draw(curve: Curve | None, *, max_wrong_rate: float) -> Drawing | None:
    """None without a curve, or one with fewer than two points."""
    if curve is None or len(curve.points) < 2:
        return None
    worst = max(max_wrong_rate, *(point.wrong_rate for point in curve.points))
    highest = math.ceil(round(worst / _STEP, 6)) * _STEP
    places = [
        f"{point.coverage * WIDTH:.1f},{_down(point.wrong_rate, highest):.1f}" for point in curve.points
    ]
    return Drawing(
        line=" ".join(places),
        highest=highest,
        bound=_down(max_wrong_rate, highest),
        rows=_some(curve.points),
    )


def _down(share: float, highest: float) -> float:
    return round(HEIGHT * (1 - share / highest), 1)


def _some(points: Sequence[Point]) -> tuple[Point, ...]:
    """Spread evenly, the first and the last among them."""
    if len(points) <= _ROWS:
        return tuple(points)
    last = len(points) - 1
    return tuple(points[round(row * last / (_ROWS - 1))] for row in range(_ROWS))
