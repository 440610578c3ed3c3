"""How a customer found the service of a person: the choices they are offered, and what they said."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

RATE = "rate:"
"""Begins the ids of the choices."""

SCORES = {5: "很满意", 3: "一般", 1: "不满意"}
"""Out of five, best first: three choices are answered by more people than five."""

COMMENT_WITHIN = timedelta(minutes=10)
"""What is said so soon after a score belongs to it, unless it is plainly something else."""


RECOMMEND_WITHIN = timedelta(hours=24)
"""A number that is said so soon after the question answers it."""

_OUT_OF_TEN = re.compile(r"(?:我?[打给]个?)?(10|[0-9]|[零一二两三四五六七八九十])分?[吧呢啊哦!。~～.]*")
_DIGITS = {word: number for number, word in enumerate("零一二三四五六七八九十")} | {"两": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """``score``: one of SCORES; None when only a ``comment`` follows an earlier score. ``recommends``: 0 to 10, how
    likely they recommend the shop.
    """

    score: int | None = None
    comment: str = ""
    recommends: int | None = None


def out_of_ten(text: str) -> int | None:
    """The number from 0 to 10 that a text is and nothing else: 9, ９分, 打十分. None for anything else."""
    found = _OUT_OF_TEN.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    return int(found[1]) if found[1].isdecimal() else _DIGITS[found[1]]


def score_of(choice: str) -> int | None:
    """The score that a choice's id means; None for ids of something else."""
    if not choice.startswith(RATE):
        return None
    number = choice.removeprefix(RATE)
    return int(number) if number.isdecimal() and int(number) in SCORES else None
