"""Order numbers and mobile numbers in what a customer typed."""

from __future__ import annotations

import re

_OURS = re.compile(r"(?<![a-z0-9])([a-z]{2})[ -]?([0-9]{8,14})(?![0-9])")
_BARE = re.compile(r"(?<![a-z0-9.])([0-9]{10,18})(?![a-z0-9])")
_SHORT = re.compile(r"(?<![a-z0-9])([a-z]{1,3}[0-9]{3,7})(?![a-z0-9])")
_ALONE = re.compile(r"(?:订单号?|单号)?[:是 ]*#?([a-z]{0,3}[0-9]{4,18})")
_PHONE = re.compile(r"(?<![0-9a-z])(?:\+?86[- ]?)?(1[3-9][0-9])[- ]?([0-9]{4})[- ]?([0-9]{4})(?![0-9])")


def order_number(text: str) -> str | None:
    """The first order number in a normalised text, upper case.

    Ours are two letters and 8 to 14 digits; 10 to 18 bare digits are taken for one too, unless they are a mobile
    number. A message that is nothing but a shorter number counts as well: the lookup will say that it is unknown.
    """
    ours = _OURS.search(text)
    if ours:
        return (ours[1] + ours[2]).upper()
    without_phones = _PHONE.sub(" ", text)
    found = _BARE.search(without_phones) or _ALONE.fullmatch(without_phones.strip())
    return found[1].upper() if found else None


def without_order_number(text: str) -> str:
    """A normalised text without the number that ``order_number`` finds in the middle of a sentence."""
    found = _OURS.search(text) or _BARE.search(text)
    return text if found is None else (text[: found.start()] + " " + text[found.end() :]).strip()


def short_code(text: str) -> str | None:
    """One to three letters and 3 to 7 digits ("A1001"): an order number only where an order is talked about."""
    found = _SHORT.search(text)
    return found[1].upper() if found else None


def masked_phone(text: str) -> str | None:
    """The first mobile number of mainland China in a normalised text, with the middle hidden."""
    found = _PHONE.search(text)
    return f"{found[1]}****{found[3]}" if found else None


def phone_span(text: str) -> tuple[str, int, int] | None:
    """The first mobile number in a normalised text: its eleven digits, and where it stands."""
    found = _PHONE.search(text)
    return None if found is None else (found[1] + found[2] + found[3], found.start(), found.end())
