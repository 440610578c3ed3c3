"""How many questions are answered, and how many of the answers are wrong, at each cut-off. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from knowledge_base.calibrating.evidence import Evidence, as_arrays

CURVE = "curve.json"

_POINTS = 40


class Grounds(StrEnum):
    """What a curve stands on: labelled questions, or stored phrasings, each left out. Values are stored."""

    LABELS = "labels"
    PHRASINGS = "phrasings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """``coverage``: share of the questions in scope answered outright, rightly or not; ``wrong_rate``: share of
    all ``answered`` ones that are wrong; both 0 to 1.
    """

    cut_off: float
    coverage: float
    wrong_rate: float
    answered: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Highest cut-off first. ``questions``: how many it stands on."""

    grounds: Grounds
    questions: int
    points: tuple[Point, ...]


def draw_curve(evidence: Sequence[Evidence], grounds: Grounds) -> Curve:
    """At most 40 points, spread evenly over what would be answered."""
    in_scope = sum(each.in_scope for each in evidence)
    probabilities, right = as_arrays(evidence)
    scoped = np.array([each.in_scope for each in evidence if not each.objected], dtype=bool)
    order = np.argsort(-probabilities, kind="stable")
    counts = sorted({int(n) for n in np.linspace(1, len(order), _POINTS)}) if len(order) else []
    points = []
    for answered in counts:
        taken = order[:answered]
        wrong = int((~right[taken]).sum())
        points.append(
            Point(
                cut_off=round(float(probabilities[taken[-1]]), 4),
                coverage=round(float(scoped[taken].sum()) / in_scope, 4) if in_scope else 0.0,
                wrong_rate=round(wrong / answered, 4),
                answered=answered,
                wrong=wrong,
            )
        )
    return Curve(grounds=grounds, questions=len(evidence), points=tuple(points))


def write_curve(folder: Path, curve: Curve) -> None:
    (folder / CURVE).write_text(json.dumps(asdict(curve), indent=1) + "\n", encoding="utf-8")


def read_curve(folder: Path) -> Curve | None:
    """The curve of an index version's folder; None when it has none."""
    try:
        raw = json.loads((folder / CURVE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    points = tuple(Point(**point) for point in raw["points"])
    return Curve(grounds=Grounds(raw["grounds"]), questions=raw["questions"], points=points)
