"""Goods that a customer names: looked up in a list, longest first, small slips allowed. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SHORTEST = 2
"""Characters by which an article may be named."""

SHORTEST_MISSPELT = 3
"""Characters of a name in which one may be wrong."""

_SPEC = re.compile(
    r"[(\[【（][^)\]】）]{0,30}[)\]】）]|[0-9]+(?:\.[0-9]+)?\s?(?:公斤|千克|毫升|ml|kg|[a-z%]|[一-鿿])?(?:装)?|[*×/+·|,，、-]|[a-z]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """``name``: as in the list, or the customer's own words where several articles may be meant."""

    name: str
    start: int
    end: int


def products(text: str, names: Sequence[str]) -> tuple[Product, ...]:
    """Which of ``names`` a normalised text names, in order: by the whole name, by its end (红富士苹果: 苹果) or by
    nearly the whole name.
    """
    readings = {name: core for name in dict.fromkeys(names) if len(core := core_of(name)) >= SHORTEST}
    found: list[tuple[int, int, str]] = []
    for name, core in readings.items():
        place = _place(text, name.lower(), core)
        if place is not None:
            found.append((*place, name))
    found.sort(key=lambda one: (one[0] - one[1], one[0]))
    kept: list[Product] = []
    for start, end, name in found:
        same = [one for one in kept if one.start == start and one.end == end]
        if same:
            kept[kept.index(same[0])] = Product(name=text[start:end], start=start, end=end)
        elif not any(start < one.end and one.start < end for one in kept):
            kept.append(Product(name=name, start=start, end=end))
    return tuple(sorted(kept, key=lambda one: one.start))


def core_of(name: str) -> str:
    """A name without what tells size and make: 阿克苏苹果 5斤装 is 阿克苏苹果."""
    parts = _SPEC.sub(" ", name.lower()).split()
    return parts[0] if parts else ""


def _place(text: str, name: str, core: str) -> tuple[int, int] | None:
    for whole_or_end in (name, *(core[start:] for start in range(len(core) - SHORTEST + 1))):
        at = text.find(whole_or_end)
        if at >= 0:
            return at, at + len(whole_or_end)
    endings = (core[start:] for start in range(len(core) - SHORTEST_MISSPELT + 1))
    return next((place for ending in endings if (place := _misspelt(text, ending))), None)


def _misspelt(text: str, words: str) -> tuple[int, int] | None:
    """Where the text has the words with exactly one other character, which is neither a digit nor a sign."""
    for start in range(len(text) - len(words) + 1):
        window = text[start : start + len(words)]
        wrong = [place for place, letter in enumerate(words) if window[place] != letter]
        if len(wrong) == 1 and window[wrong[0]].isalpha() and not window[wrong[0]].isascii():
            return start, start + len(words)
    return None
