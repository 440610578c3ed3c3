"""Numbers with what they count: 满100, 3人, 七天. 满200减30 is not the answer to 满100减10."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from knowledge_base.text import tidy

Quantities = Mapping[str, frozenset[float]]
"""Numbers by what they count; "" where nothing is said."""

_UNITS = (
    "个?小时|分钟|个?工作日|个?月|天|日|年|周|人|件|张|折|块|元|次|盒|瓶|包|袋|箱|片|条|双|套|码|号|级|期|%|倍|寸|英寸"
    "|毫升|ml|升|l|克|g|瓦|w|毫安|mah|gb|g内存|点|楼|米|个"
)
_QUANTITY = re.compile(
    rf"(?P<before>满|减|立减|送|第)?(?:(?P<digits>\d+(?:\.\d+)?)|(?P<words>[一二两三四五六七八九十百千]+))\s*(?P<unit>{_UNITS})?"
)
_OF_A_PERSON = re.compile(
    r"1[4-9]\d\W*(?=\d+\s*(?:斤|公斤|kg))|\d+(?:\.\d+)?\s*(?:斤|公斤|kg|cm|厘米|岁|周岁)|(?:身高|体重)\s*\d+"
)
"""Somebody's measures: an answer on sizes is for all of them."""

_SAME_UNIT = {
    "块": "元",
    "日": "天",
    "毫升": "ml",
    "l": "升",
    "克": "g",
    "w": "瓦",
    "毫安": "mah",
    "英寸": "寸",
}
_SPELLED = {**{word: n for n, word in enumerate("零一二三四五六七八九")}, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_LONGEST = 5
"""Digits; longer numbers name an order or a telephone."""


def quantity_differs(tidied: str, phrasings: Sequence[str]) -> bool:
    """Whether a tidied question counts something by another number than *every* one of an entry's ``phrasings``.

    Numbers of other things (3人 and 3折) do not differ, and neither does an entry with a phrasing that names none.
    """
    for unit, asked in quantities_of(tidied).items():
        held = [_quantities_of_phrasing(phrasing).get(unit) for phrasing in phrasings]
        if held and all(numbers is not None and not numbers & asked for numbers in held):
            return True
    return False


def quantities_of(tidied: str) -> Quantities:
    """What a tidied text counts; numbers written in characters count where a unit follows (三人, not 一下)."""
    found: defaultdict[str, set[float]] = defaultdict(set)
    for match in _QUANTITY.finditer(_OF_A_PERSON.sub(" ", tidied)):
        unit = match["unit"] or ""
        unit = match["before"] or _SAME_UNIT.get(
            unit.removeprefix("个") or unit, unit.removeprefix("个") or unit
        )
        if match["digits"]:
            if len(match["digits"]) <= _LONGEST:
                found[unit].add(float(match["digits"]))
        elif match["unit"] and match["words"] != "一":
            found[unit].add(_spelled(match["words"]))
    return {unit: frozenset(numbers) for unit, numbers in found.items()}


@lru_cache(maxsize=50_000)
def _quantities_of_phrasing(phrasing: str) -> Quantities:
    return quantities_of(tidy(phrasing))


def _spelled(words: str) -> float:
    """The number that Chinese numerals below ten thousand spell: 二十五, 三百, 十."""
    total, digit = 0, 0
    for word in words:
        if word in _POWERS:
            total += (digit or 1) * _POWERS[word]
            digit = 0
        else:
            digit = _SPELLED[word]
    return float(total + digit)
