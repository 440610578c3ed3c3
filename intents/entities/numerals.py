"""Numbers as people write them: 59.9, 1,200, 三百, 两百五, 1.5万, 半. Pure."""

from __future__ import annotations

from decimal import Decimal

DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.[0-9]{1,3})?[万千]?"
"""A number in digits; the last character may be a power."""

WORDS = "[零〇一二两俩仨三四五六七八九十百千万]{1,12}"
"""A number in words; ``spelled`` says whether it is one."""

NUMBER = rf"(?:{DIGITS}|{WORDS}|半)"

_ONES = {word: value for value, word in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "仨": 3,
}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_TEN_THOUSAND = {"万": 10_000, "千": 1000}


def number(text: str) -> Decimal | None:
    """What a text that matches ``NUMBER`` is worth; None where it is none after all (三五, 十百)."""
    if text == "半":
        return Decimal("0.5")
    if text[0].isdecimal() and text.isascii():
        return Decimal(text.replace(",", ""))
    if text[0].isdecimal():
        return Decimal(text[:-1].replace(",", "")) * _TEN_THOUSAND[text[-1]]
    value = spelled(text)
    return None if value is None else Decimal(value)


def spelled(words: str) -> int | None:
    """The number below 100 million that Chinese numerals spell, also short (两百五 is 250, 三万五 is 35000).

    None for digits side by side (三五, 二零二六) and for powers that do not fall.
    """
    high, tens, low = words.rpartition("万")
    if not tens:
        return _below_ten_thousand(words)
    thousands = _below_ten_thousand(high)
    if not thousands or "万" in high:
        return None
    if low in _ONES:
        return thousands * 10_000 + _ONES[low] * 1000
    rest = _below_ten_thousand(low) if low else 0
    return None if rest is None else thousands * 10_000 + rest


def _below_ten_thousand(words: str) -> int | None:
    total, digit, last_power = 0, None, 10_000
    for place, word in enumerate(words):
        if word in _ONES:
            if digit:
                return None
            digit = _ONES[word]
            continue
        power = _POWERS.get(word)
        if power is None or power >= last_power or (digit is None and not (power == 10 and place == 0)):
            return None
        total += (1 if digit is None else digit) * power
        digit, last_power = None, power
    if digit is None:
        return total
    short = last_power in {100, 1000} and words[-2] in _POWERS
    return total + digit * (last_power // 10 if short else 1)
