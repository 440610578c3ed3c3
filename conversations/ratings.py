"""How a customer found the service of a person: the choices they are offered, and what they said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

RATE = "rate:"
"""Begins the ids of the choices."""

SCORES = {5: "很满意", 3: "一般", 1: "不满意"}
"""Out of five, best first: three choices are answered by more people than five."""

COMMENT_WITHIN = timedelta(minutes=10)
"""What is said so soon after a score belongs to it, unless it is plainly something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """``score``: one of SCORES; None when only a ``comment`` follows an earlier score."""

    score: int | None = None
    comment: str = ""


def score_of(choice: str) -> int | None:
    """The score that a choice's id means; None for ids of something else."""
    if not choice.startswith(RATE):
        return None
    number = choice.removeprefix(RATE)
    return int(number) if number.isdecimal() and int(number) in SCORES else None
