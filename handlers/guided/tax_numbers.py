"""A company's tax number: its unified social credit code, or one of the older numbers. Pure."""

from __future__ import annotations

import re
from enum import Enum, auto

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
CODE_LENGTH = 18
_NUMBER = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{15,20}(?![0-9A-Z])")


class TaxNumber(Enum):
    """What is wrong with a text that holds no tax number."""

    NONE = auto()
    MISCOPIED = auto()


def tax_number(text: str) -> str | TaxNumber:
    """The number in a text of one width, upper case; or what is wrong. Spaces and dashes within it do not matter.

    15 to 20 letters and digits. One of 18 is a unified social credit code, whose last place checks the others
    (GB 32100-2015, 附录 A): it is 31 less the sum of the places times 3 to the power of their position, modulo 31.
    """
    typed = text.upper()
    found = _NUMBER.search(typed) or _NUMBER.search(re.sub(r"[\s-]", "", typed))
    if found is None:
        return TaxNumber.NONE
    number = found[0]
    return number if len(number) != CODE_LENGTH or _checks(number) else TaxNumber.MISCOPIED


def _checks(code: str) -> bool:
    if any(letter not in _LETTERS for letter in code):
        return False
    total = sum(_LETTERS.index(letter) * weight for letter, weight in zip(code, _WEIGHTS, strict=False))
    return _LETTERS.index(code[-1]) == (31 - total % 31) % 31
