"""What of a message tells its intent: the words without their numbers, and how they sound. Pure."""

from __future__ import annotations

import re
import unicodedata

from pypinyin import lazy_pinyin

LONGEST = 200
"""Characters that are read; what comes after them never changed what somebody wanted."""

_PHONE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_ORDER = re.compile(r"\d{8,}|(?<![a-z])[a-z]{1,2}\d{4,}")
_NUMBER = re.compile(r"\d+")


def without_numbers(text: str) -> str:
    """One width, one case; which number it is does not matter, only whether it is a phone's, an order's or another."""
    plain = unicodedata.normalize("NFKC", text[: 2 * LONGEST]).lower()[:LONGEST]
    return _NUMBER.sub("0", _ORDER.sub("订单编号", _PHONE.sub("手机号码", plain)))


def sounds(text: str) -> list[str]:
    """Syllables without tones, what is no Chinese as it is: 收货 and its misspelling 收获 are the same."""
    return " ".join(lazy_pinyin(text)).split()
