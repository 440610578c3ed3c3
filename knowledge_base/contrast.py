"""Which of several things that exclude each other a question speaks of: 华南 or 华北, 拆封 or 未拆封, 羽绒服 or 羊毛衫.

Vectors hardly see such differences (on PAWS-X, pairs of sentences with the same words and another sense, small models
reach a rank correlation of .1 to .2), and answers turn on them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from knowledge_base.text import tidy

Sides = Mapping[str, frozenset[int]]
"""By the name of a set the sides that a text takes; sets that it does not speak of are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A thing that a text names: where, and of which sets."""

    start: int
    stop: int
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Names:
    found_by: re.Pattern[str]
    places: Mapping[str, tuple[tuple[str, int], ...]]


def contrast(tidied: str, phrasings: Sequence[str]) -> str | None:
    """The name of a set in which a tidied question takes another side than *every* one of an entry's ``phrasings``.

    An entry with a phrasing that takes no side speaks of all of them, so it is no contrast: 几天能到 answers for 新疆
    too.
    """
    for name, asked in sides_of(tidied).items():
        held = [_sides_of_phrasing(phrasing).get(name) for phrasing in phrasings]
        if held and all(sides is not None and not sides & asked for sides in held):
            return name
    return None


def sides_of(tidied: str) -> Sides:
    """The sides that a tidied text takes."""
    found: dict[str, frozenset[int]] = {}
    names = _names()
    for match in names.found_by.finditer(tidied):
        for set_name, side in names.places[match[0]]:
            found[set_name] = found.get(set_name, frozenset()) | {side}
    return found


def named_in(tidied: str) -> list[Named]:
    """The things of the sets that a tidied text names, in their order."""
    names = _names()
    return [
        Named(
            start=match.start(),
            stop=match.end(),
            kinds=frozenset(set_name for set_name, _ in names.places[match[0]]),
        )
        for match in names.found_by.finditer(tidied)
    ]


@lru_cache(maxsize=50_000)
def _sides_of_phrasing(phrasing: str) -> Sides:
    return sides_of(tidy(phrasing))


@cache
def _names() -> _Names:
    raw: Mapping[str, list[list[str]]] = yaml.safe_load(
        Path(__file__).with_name("contrast_sets.yml").read_text(encoding="utf-8")
    )
    places: defaultdict[str, tuple[tuple[str, int], ...]] = defaultdict(tuple)
    for set_name, sides in raw.items():
        for side, names in enumerate(sides):
            for name in names:
                places[name] += ((set_name, side),)
    longest_first = sorted(places, key=len, reverse=True)
    return _Names(re.compile("|".join(map(re.escape, longest_first))), dict(places))
