"""Order numbers and phones with where they stand; what they look like is in ``intents.numbers``. Pure."""

from __future__ import annotations

import re

from intents.entities.codes import Code
from intents.numbers import order_number, phone_span, short_code
from intents.order_rules import asks_for_order
from intents.patterns import any_of

# One letter and four digits with a word of orders around, or nothing else that a code could be of.
_SHORT = re.compile(r"(?<![a-z0-9])[a-fh-km-z][0-9]{4}(?![0-9a-z])")
_NOT_AN_ORDER = re.compile(any_of("型号|手机|电脑|房|座位|口令|尾号|列车|航班|车次|型的"))


def order_code(text: str) -> Code | None:
    """The first order number in a normalised text; short ones ("A1001") where an order may be meant."""
    value = order_number(text)
    if value is None:
        value = _short(text)
    if value is None:
        return None
    pattern = "[ -]?".join(map(re.escape, value.lower()))
    match = re.search(pattern, text)
    return Code(value=value, start=match.start(), end=match.end()) if match else None


def phone_code(text: str) -> Code | None:
    """The first mobile number in a normalised text: eleven digits."""
    found = phone_span(text)
    if found is None:
        return None
    digits, start, end = found
    return Code(value=digits, start=start, end=end)


def _short(text: str) -> str | None:
    code = short_code(text)
    if code is None:
        return None
    rest = text.replace(code.lower(), " ").strip()
    if asks_for_order(rest, number_given=False):
        return code
    found = _SHORT.search(text)
    return found[0].upper() if found and not _NOT_AN_ORDER.search(text) else None
