"""A text as the characters and syllables it has; rare ones count more. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from intents.wording import normalise

LONGEST = 200
"""Characters that are read; what comes after them never changed what somebody wanted."""

_PHONE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_ORDER = re.compile(r"\d{8,}|(?<![a-z])[a-z]{1,2}\d{4,}")
_NUMBER = re.compile(r"\d+")

Floats = NDArray[np.float32]
Places = NDArray[np.int64]


def without_numbers(text: str) -> str:
    """What kind of number it is matters, not which. One width, one case, no spaces."""
    plain = normalise(text)[:LONGEST]
    masked = _NUMBER.sub("0", _ORDER.sub("订单编号", _PHONE.sub("手机号码", plain)))
    return masked.replace(" ", "")


_HOW = re.compile("怎么(?![还不没])|如何|怎样|咋(?![还不没])|多久|几天|几点|哪里|在哪|什么时候|多少|什么")


def asks_how(text: str) -> float:
    """1 for a text in words that ask how things work (怎么退货), which a wish seldom has; else 0."""
    return float(bool(_HOW.search(normalise(text))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One kind of things that are counted: runs of one or two. ``rarity``: by place; ``places``: by the run itself."""

    places: Mapping[str, int]
    rarity: Floats

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]]) -> Block:
        """``texts``: each as its characters or syllables."""
        known = Counter(run for text in texts for run in set(_runs(text)))
        ordered = sorted(known)
        rarity = [math.log((1 + len(texts)) / (1 + known[run])) + 1 for run in ordered]
        return cls(
            places={run: place for place, run in enumerate(ordered)},
            rarity=np.array(rarity, dtype=np.float32),
        )

    def vector(self, text: Sequence[str]) -> tuple[Places, Floats]:
        """Places and values of what is in a text and known; of length 1 together, or empty."""
        counts = Counter(self.places[run] for run in _runs(text) if run in self.places)
        places = np.fromiter(counts, dtype=np.int64, count=len(counts))
        often = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(often)) * self.rarity[places]
        length = float(np.linalg.norm(values))
        return places, np.asarray(values / length if length else values, dtype=np.float32)


def _runs(text: Sequence[str]) -> list[str]:
    return [*text, *(f"{one} {other}" for one, other in pairwise(text))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """``sounds``: the syllable of each common character, without its tone."""

    characters: Block
    syllables: Block
    sounds: Mapping[str, str]

    @classmethod
    def of(cls, texts: Sequence[str], sounds: Mapping[str, str]) -> Features:
        plain = [without_numbers(text) for text in texts]
        return cls(
            characters=Block.of([list(text) for text in plain]),
            syllables=Block.of([_spoken(text, sounds) for text in plain]),
            sounds=sounds,
        )

    @property
    def width(self) -> int:
        return len(self.characters.places) + len(self.syllables.places)

    def vector(self, text: str) -> tuple[Places, Floats]:
        """Places and values of a text's characters and of its syllables, the latter's places after the former's."""
        plain = without_numbers(text)
        places, values = self.characters.vector(list(plain))
        spoken_places, spoken_values = self.syllables.vector(_spoken(plain, self.sounds))
        return (
            np.concatenate([places, spoken_places + len(self.characters.places)]),
            np.concatenate([values, spoken_values]),
        )


def _spoken(text: str, sounds: Mapping[str, str]) -> list[str]:
    return [sounds.get(character, character) for character in text]
