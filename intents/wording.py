"""Customers' typing made comparable: one width, one case, no control characters, a bounded length."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 500
"""Characters that are read; what comes after them never changed what somebody wanted."""

_BRACKETED_EMOJI = re.compile(r"\[[^\[\]]{1,8}\]")
_SPACES = re.compile(r"\s+")


def normalise(text: str) -> str:
    """NFKC (full-width letters, digits and punctuation become plain), lower case, single spaces, at most 500 long."""
    plain = unicodedata.normalize("NFKC", text[: LONGEST * 2]).lower()
    visible = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in plain)
    return _SPACES.sub(" ", visible).strip()[:LONGEST]


def words_only(text: str) -> str:
    """Normalised text without emoji (WeChat writes some as ``[微笑]``), punctuation and spaces."""
    without = _BRACKETED_EMOJI.sub("", text)
    return "".join(char for char in without if unicodedata.category(char)[0] in "LN")


def is_only_emoji(text: str) -> bool:
    """Normalised text that has something to see but no word, digit or question mark."""
    return bool(text) and not words_only(text) and "?" not in text and _shows_emoji(text)


def _shows_emoji(text: str) -> bool:
    return bool(_BRACKETED_EMOJI.search(text)) or any(unicodedata.category(char) == "So" for char in text)
