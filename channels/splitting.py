"""Cutting a long text into pieces that a platform takes, where a reader would cut it."""

from __future__ import annotations

from itertools import accumulate

import regex

from channels.text import byte_length

_GRAPHEME = regex.compile(r"\X")
_SENTENCE_END = frozenset("。！？!?…；;\n")
_CLOSING = frozenset("”’」』）)》】\"'")
_PAUSE = frozenset("，,、：: \t")


def split_text(text: str, max_bytes: int) -> list[str]:
    """``text`` in pieces of at most ``max_bytes`` UTF-8 bytes, in order, none of them blank.

    Cuts after a sentence where one ends in the second half of the piece, else after a comma or blank there,
    else between two characters as a reader sees them (an emoji of several code points stays whole unless it
    alone is longer than ``max_bytes``). Blanks around a cut are dropped. Raises ValueError when ``max_bytes``
    cannot hold a character.
    """
    if max_bytes < 4:
        raise ValueError("max_bytes must be at least 4, the longest UTF-8 character")
    units = _units(text, max_bytes)
    pieces: list[str] = []
    while units:
        end = _cut(units, max_bytes)
        pieces.append("".join(units[:end]).strip())
        units = units[end:]
    return [piece for piece in pieces if piece]


def _units(text: str, max_bytes: int) -> list[str]:
    """Graphemes; the code points of one that would not fit."""
    units: list[str] = []
    for grapheme in _GRAPHEME.findall(text):
        units.extend([grapheme] if byte_length(grapheme) <= max_bytes else grapheme)
    return units


def _cut(units: list[str], max_bytes: int) -> int:
    """How many units the next piece takes."""
    # A unit has at least one byte, so only the first max_bytes + 1 can matter.
    sizes = list(accumulate(byte_length(unit) for unit in units[: max_bytes + 1]))
    fitting = sum(size <= max_bytes for size in sizes)
    if fitting == len(units):
        return fitting
    half = next(index for index, size in enumerate(sizes) if size * 2 >= max_bytes or index == fitting - 1)
    places = range(fitting, half, -1)
    for good_place in (_after_sentence, _after_pause):
        for place in places:
            if good_place(units, place):
                return place
    return fitting


def _after_sentence(units: list[str], place: int) -> bool:
    """Whether a sentence has just ended; closing quotes belong to it, and so does a run of marks."""
    if units[place] in _SENTENCE_END or units[place] in _CLOSING:
        return False
    last = place - 1
    while last > 0 and units[last] in _CLOSING:
        last -= 1
    return units[last] in _SENTENCE_END


def _after_pause(units: list[str], place: int) -> bool:
    return units[place - 1] in _PAUSE
