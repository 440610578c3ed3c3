"""Amounts of money: 三百块, 59块9, ¥59.90, 两百五. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from intents.entities.numerals import DIGITS, NUMBER, WORDS, number
from intents.entities.quantity import UNITS
from intents.patterns import any_of

MOST_FEN = 10_000_000 * 100
"""Larger ones are no amounts that a shop talks of."""

_YUAN = any_of("块钱?", "元", "圆", "大洋", "rmb", "人民币")
_BLOCKS = any_of(
    "肥皂|香皂|蛋糕|毛巾|抹布|布|肉|牛排|巧克力|饼干|月饼|豆腐|姜|手表|电池|地毯|面包|砖|糖|排骨|腊肉|牛肉|猪肉",
    "羊肉|鱼|西瓜|奶酪|芝士|披萨|桌布|橡皮|板|木板|玻璃|屏幕|瓷砖|滤芯|电子表",
)
# 一块买 is "buy together"; 两块肥皂 are bars of soap.
_NOT_MONEY = rf"(?:(?<!一块)|(?<=[十百]一块)|(?![儿发寄退下走来拍结去送拼付换装包]|买(?!的)))(?!{_BLOCKS})"
_SMALL = "[零一二两三四五六七八九0-9]"
_COUNTED = (
    rf"(?![0-9.零一二两三四五六七八九十百千万]|个?(?:{UNITS})|[号月日点时分天年周岁折倍度米寸码期楼层栋幢级人字些起般半下%-]"
    "|几|多[个件积]|[a-z]|个?积分|的?[床席码米寸尺])"
)
_BEFORE = any_of(
    "付了?|花了?|卖|满了?|减了?|差价?了?|降到?了?|便宜了?|退了?我?|才|到手价?|[原现售总特差单]价|价格?|面额|面值|金额",
    "充了?|充值那?|收了?我?|扣了?我?|补了?我?|赔了?我?|共|一共|总共|合计|抵|立减|优惠了?|超过?|买了?(?=[0-9]{2})|现在(?=[0-9]{2})",
)
_NOT_ONE = "(?!一[^百千万二三四五六七八九十]|[俩仨])"
_AFTER = "(?= ?(?:块?的)?(?:优惠券|代金券|券|年卡|卡|红包|会员卡|订单))"

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:¥|rmb ?)\s?(?P<yuan>{DIGITS})",
        (
            rf"(?<![0-9.第几数])(?P<yuan>{NUMBER})(?P<half>个?半)?{_YUAN}{_NOT_MONEY}(?P<jiao>{_SMALL})?[毛角]?"
            rf"(?:(?<=[毛角])(?P<fen>{_SMALL})分?)?(?P<and_half>半(?!斤|箱|盒|个|天|年))?"
        ),
        rf"(?<![0-9.第])(?P<jiao>{_SMALL})[毛角](?P<fen>{_SMALL})?(?:分|钱)?",
        rf"(?<![0-9.a-z脚宽高长厚径重腰胸版约])(?P<yuan>[0-9]{{1,5}}\.[0-9]{{1,2}}){_COUNTED}",
        rf"(?P<before>{_BEFORE})[是的为:]? ?(?P<yuan>[0-9]{{1,6}}|{_NOT_ONE}{WORDS}){_COUNTED}",
        rf"(?<![0-9a-z第])(?P<yuan>[0-9]{{1,5}}|(?=..){WORDS}){_AFTER}",
        rf"(?<![0-9第几好上成过半分])(?P<yuan>(?=[一二两三四五六七八九十]*[百千万]){WORDS}){_COUNTED}(?!分|一|货|变)",
    )
)


# Numbers that count points, not money: 三千积分, 积分到一万.
_OF_POINTS = re.compile(rf"积分[^,.。，0-9]{{0,6}}?(?:{NUMBER})(?!元|块)|(?:{NUMBER})多?个?积分")


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """``fen``: a hundredth of a yuan each. ``start`` and ``end``: where it stands in the text."""

    fen: int
    start: int
    end: int


def amounts(text: str) -> tuple[Money, ...]:
    """The amounts in a normalised text, in order. A bare number is one only where the words around say so."""
    if "积分" in text:
        text = _OF_POINTS.sub(lambda match: "|" * len(match[0]), text)
    taken: list[Money] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            money = _money(match)
            if money is not None and not any(
                money.start < one.end and one.start < money.end for one in taken
            ):
                taken.append(money)
    return tuple(sorted(taken, key=lambda money: money.start))


def bare_amount(text: str) -> int | None:
    """Fen of a text that is known to name an amount and may be a number only (59, 三百)."""
    found = amounts(text)
    if found:
        return found[0].fen
    match = re.search(f"(?<![几数]){NUMBER}", text)
    value = number(match[0]) if match else None
    return _fen(value) if value is not None else None


def _money(match: re.Match[str]) -> Money | None:
    parts = match.groupdict()
    yuan = number(parts["yuan"]) if parts.get("yuan") else Decimal(0)
    if yuan is None:
        return None
    value = yuan + _small(parts.get("jiao")) / 10 + _small(parts.get("fen")) / 100
    if parts.get("half"):
        value += Decimal("0.5")
    if parts.get("and_half"):
        value += Decimal("0.05") if parts.get("jiao") else Decimal("0.5")
    fen = _fen(value)
    start = match.start() + len(parts.get("before") or "")
    return None if fen is None else Money(fen=fen, start=start, end=match.end())


def _small(digit: str | None) -> Decimal:
    value = number(digit) if digit else None
    return Decimal(0) if value is None else value


def _fen(yuan: Decimal) -> int | None:
    fen = int(yuan * 100)
    return fen if 0 < fen <= MOST_FEN else None
