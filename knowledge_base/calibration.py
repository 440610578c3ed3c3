"""Turns scores into probabilities with constants fitted by ``scripts/fit_calibration.py``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from knowledge_base.index.version import Match

FEATURES = ("score", "margin", "lexical", "spread")


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
    """The least probability at which answers kept within ``max_wrong_rate`` on the fitting data."""

    max_wrong_rate: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """``first``: is the first candidate right; ``shown``: is one of the first three; ``ask_from``: ask back from this
    probability.
    """

    first: Logistic
    shown: Logistic
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

    def as_json(self) -> dict[str, object]:
        return {
            "first": {"bias": self.first.bias, "weights": dict(self.first.weights)},
            "shown": {"bias": self.shown.bias, "weights": dict(self.shown.weights)},
            "ask_from": self.ask_from,
            "cut_offs": [
                {"max_wrong_rate": c.max_wrong_rate, "probability": c.probability} for c in self.cut_offs
            ],
        }


def features_of(matches: Sequence[Match]) -> dict[str, float]:
    """What tells a right first match from a wrong one; ``matches`` are best first and not empty.

    ``score``; ``margin`` to the second entry; ``lexical``; ``spread``: how far the first stands above the mean of the
    next nine (a text near many entries is near none).
    """
    first, rest = matches[0], [match.score for match in matches[1:10]]
    second = rest[0] if rest else 0.0
    return {
        "score": first.score,
        "margin": first.score - second,
        "lexical": first.lexical,
        "spread": first.score - (sum(rest) / len(rest) if rest else 0.0),
    }


@cache
def shipped_calibration() -> Calibration:
    """The constants that come with the product."""
    path = Path(__file__).with_name("calibration.json")
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(
        first=Logistic(**raw["first"]),
        shown=Logistic(**raw["shown"]),
        ask_from=float(raw["ask_from"]),
        cut_offs=tuple(CutOff(**cut) for cut in raw["cut_offs"]),
    )
