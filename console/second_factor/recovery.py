"""Codes on paper for the day the phone is gone; each opens once. Pure."""

from __future__ import annotations

import secrets

CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that look alike on paper."""
_LENGTH = 12
_GROUP = 4


def new_codes() -> tuple[str, ...]:
    """Ten different ones of 12 letters (59 bits of chance), in groups of four."""
    codes: dict[str, None] = {}
    while len(codes) < CODES:
        codes["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))] = None
    return tuple(grouped(code) for code in codes)


def grouped(text: str) -> str:
    """For reading and typing: four at a time."""
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def plain(typed: str) -> str:
    """A code as somebody typed it, of either kind: without blanks and hyphens, in small letters."""
    return "".join(typed.split()).replace("-", "").lower()


def is_recovery(code: str) -> bool:
    """Whether a plain code is of this kind; the others are digits of the app."""
    return len(code) == _LENGTH and all(letter in _LETTERS for letter in code)
