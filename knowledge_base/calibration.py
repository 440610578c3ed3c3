"""Turns what a search found into probabilities, with constants fitted by ``scripts/fit_calibration.py``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

FEATURES = ("dense", "margin", "coverage", "agreement", "unknown", "foreign", "length")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logistic:
    """A logistic regression over ``FEATURES``."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        total = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """The least probability of an outright answer at which, on the fitting data, no more than ``max_wrong_rate`` of
    all answers together were wrong.
    """

    max_wrong_rate: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Cut-offs for entries with at least so many ``phrasings``, up to the next tier; ``ask_from``: ask back when one
    of the three shown is right with this probability.

    An entry with one phrasing needs a higher cut-off: of the answers above the same one fewer are nearly certain.
    """

    phrasings: int
    ask_from: float
    cut_offs: tuple[CutOff, ...]

    def cut_off(self, max_wrong_rate: float) -> float:
        """The least probability for an outright answer; between fitted bounds it is interpolated, beyond them the last
        one holds.
        """
        points = self.cut_offs
        if max_wrong_rate <= points[0].max_wrong_rate:
            return points[0].probability
        for low, high in pairwise(points):
            if max_wrong_rate <= high.max_wrong_rate:
                part = (max_wrong_rate - low.max_wrong_rate) / (high.max_wrong_rate - low.max_wrong_rate)
                return low.probability + part * (high.probability - low.probability)
        return points[-1].probability


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """``first``: is the first entry right; ``shown``: is one of the first three. ``tiers``: fewest phrasings first."""

    first: Logistic
    shown: Logistic
    tiers: tuple[Tier, ...]

    def tier(self, phrasings: int) -> Tier:
        """The tier of an entry with ``phrasings`` phrasings."""
        fitting = [tier for tier in self.tiers if tier.phrasings <= phrasings]
        return fitting[-1] if fitting else self.tiers[0]

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@cache
def shipped_calibration() -> Calibration:
    """The constants that come with the product."""
    path = Path(__file__).with_name("calibration.json")
    return read_calibration(json.loads(path.read_text(encoding="utf-8")))


def read_calibration(raw: Mapping[str, Any]) -> Calibration:
    """From what ``Calibration.as_json`` gives."""
    return Calibration(
        first=Logistic(**raw["first"]),
        shown=Logistic(**raw["shown"]),
        tiers=tuple(
            Tier(
                phrasings=int(tier["phrasings"]),
                ask_from=float(tier["ask_from"]),
                cut_offs=tuple(CutOff(**cut) for cut in tier["cut_offs"]),
            )
            for tier in raw["tiers"]
        ),
    )
