"""From what was found to probabilities and cut-offs."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from knowledge_base.calibration import (
    FEATURES,
    Calibration,
    CutOff,
    Logistic,
    Tier,
    read_calibration,
    shipped_calibration,
)
from knowledge_base.features import features_of
from tests.unit.knowledge_base.finding import found

TIER = Tier(
    phrasings=1,
    ask_from=0.5,
    cut_offs=(CutOff(max_wrong_rate=0.02, probability=0.95), CutOff(max_wrong_rate=0.1, probability=0.75)),
)
FLAT = Logistic(bias=0.0, weights={"dense": 1.0})
CALIBRATION = Calibration(first=FLAT, shown=FLAT, tiers=(TIER, replace(TIER, phrasings=3)))


@pytest.mark.parametrize(
    ("bound", "cut_off"), [(0.001, 0.95), (0.02, 0.95), (0.06, 0.85), (0.1, 0.75), (0.5, 0.75)]
)
def test_cut_off_between_and_beyond_the_fitted_bounds(bound: float, cut_off: float) -> None:
    assert TIER.cut_off(bound) == pytest.approx(cut_off)


@pytest.mark.parametrize(("phrasings", "tier"), [(1, 1), (2, 1), (3, 3), (40, 3)])
def test_the_tier_is_the_last_one_that_fits(phrasings: int, tier: int) -> None:
    assert CALIBRATION.tier(phrasings).phrasings == tier


def test_features() -> None:
    finding = replace(found(0.9, 0.5, 0.1, agreement=0.6, coverage=0.8, unknown=0.2), foreign=0.7)
    features = features_of("怎么退", finding)
    assert features == pytest.approx(
        {
            "dense": 0.9,
            "margin": 0.4,
            "coverage": 0.8,
            "agreement": 0.6,
            "unknown": 0.2,
            "foreign": 0.7,
            "length": math.log(4),
        }
    )
    assert features_of("怎么退", found(0.9))["margin"] == pytest.approx(0.9)


def test_the_shipped_calibration_gets_stricter_with_the_bound() -> None:
    calibration = shipped_calibration()
    assert [tier.phrasings for tier in calibration.tiers] == sorted({t.phrasings for t in calibration.tiers})
    for tier in calibration.tiers:
        cut_offs = [cut.probability for cut in tier.cut_offs]
        assert cut_offs == sorted(cut_offs, reverse=True)


@pytest.mark.parametrize("feature", FEATURES)
def test_the_shipped_calibration_takes_more_for_better_and_strangeness_for_worse(feature: str) -> None:
    sense = -1 if feature in {"unknown", "foreign"} else 1
    calibration = shipped_calibration()
    assert calibration.first.weights[feature] * sense > 0
    assert calibration.shown.weights[feature] * sense > 0


def test_a_calibration_survives_json() -> None:
    assert read_calibration(CALIBRATION.as_json()) == CALIBRATION
