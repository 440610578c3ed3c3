"""How many of something: 两箱, 3件, 一打, 半斤, x2. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from intents.entities.numerals import DIGITS, WORDS, number
from intents.patterns import any_of

UNITS = any_of(
    "公斤|千克|毫升|kg|ml",
    "[个件箱盒包袋瓶罐桶斤克升份只双套条张把支根颗粒串提打对卷台部本枚排筐篮听杯碗副顶床片朵盆束笔枝组捆株棵壶坛盘扇幅尾尺]",
)
_BLOCK = "块"

DOZEN = 12

_NOT_GOODS = any_of(
    "月(?!饼|季)|小时|钟头|工作日|星期|礼拜|多月|人(?!份)|问题|事|劲|样|疑问|字|网|说法|办法|道理|电话|理由|解释|价",
    "客服|人工|真人|投诉|(?<=对)一",
)
_QUANTITY = re.compile(
    rf"(?<![0-9a-z.第每哪几上同])(?P<number>{DIGITS}|{WORDS}|半) ?(?P<unit>单(?!元|独)|{UNITS}|{_BLOCK})(?![a-z])"
    rf"(?P<half>半(?![天年个]))?(?!{_NOT_GOODS})",
    re.IGNORECASE,
)
_NONE_OF_THEM = re.compile("(?:都|也|[\u4e00-\u9fff]{1,3}都)[没不]")
_TIMES = re.compile(r"(?<![0-9a-z])[x×*]\s?(?P<number>[0-9]{1,3})(?![0-9a-z.*])", re.IGNORECASE)
_PAIR = re.compile("(?P<number>[俩仨])(?!人|口|字)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """``unit`` is the measure word, 个 where none is said. ``start`` and ``end``: where it stands in the text."""

    count: Decimal
    unit: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.count.normalize():f}{self.unit}"


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities in a normalised text, in order. A dozen counts 12, time and people do not count."""
    found = [_quantity(match) for match in _QUANTITY.finditer(text)]
    found += [_several(match, "件") for match in _TIMES.finditer(text)]
    found += [
        _several(match, "个")
        for match in _PAIR.finditer(text)
        if not any(one is not None and one.start <= match.start() < one.end for one in found)
    ]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.start))


def _quantity(match: re.Match[str]) -> Quantity | None:
    count = number(match["number"])
    if not count or (count == 1 and _NONE_OF_THEM.match(match.string, match.end())):
        return None
    unit = match["unit"]
    if match["half"]:
        count += Decimal("0.5")
    if unit == "打":
        count, unit = count * DOZEN, "个"
    return Quantity(count=count, unit=unit, start=match.start(), end=match.end())


def _several(match: re.Match[str], unit: str) -> Quantity | None:
    count = number(match["number"])
    return Quantity(count=count, unit=unit, start=match.start(), end=match.end()) if count else None
