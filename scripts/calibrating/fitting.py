"""Fits the regressions and the cut-offs, always judging an example by regressions that have not seen its category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from knowledge_base.calibrating.cut_offs import fit_cut_offs
from knowledge_base.calibration import FEATURES, Calibration, CutOff, Logistic, Tier
from scripts.calibrating.drawing import FOLDS, PHRASINGS, Example, Kind

SHARES = {Kind.QUERY: 0.65, Kind.PHRASING: 0.2, Kind.LEFT_OUT: 0.05, Kind.NEAR: 0.05, Kind.FAR: 0.05}
"""What a shop's questions are taken to be: of a hundred, fifteen have no entry. Phrasings left out are harder than
questions really are, as the shop's were written to differ from one another.
"""

FAR_REFUSED = 0.95
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The examples as arrays, (examples, …). ``questions`` numbers the texts asked. ``weights``: each kind weighs its
    share at each number of phrasings.
    """

    features: Floats
    kinds: NDArray[np.str_]
    phrasings: NDArray[np.int64]
    folds: NDArray[np.int64]
    questions: NDArray[np.int64]
    objected: Flags
    first_right: Flags
    shown_right: Flags
    weights: Floats

    def kind(self, *kinds: Kind) -> Flags:
        return np.isin(self.kinds, kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Probabilities of each example by regressions fitted without its fold, (examples,)."""

    first: Floats
    shown: Floats


def tabulate(examples: Sequence[Example]) -> Table:
    counts = Counter((example.kind, example.phrasings) for example in examples)
    weights = [SHARES[each.kind] / counts[each.kind, each.phrasings] for each in examples]
    return Table(
        features=np.array([[example.features[name] for name in FEATURES] for example in examples]),
        kinds=np.array([example.kind for example in examples]),
        phrasings=np.array([example.phrasings for example in examples]),
        folds=np.array([example.fold for example in examples]),
        questions=np.unique([example.text for example in examples], return_inverse=True)[1],
        objected=np.array([example.objected for example in examples]),
        first_right=np.array([example.first_right for example in examples]),
        shown_right=np.array([example.shown_right for example in examples]),
        weights=np.array(weights) / np.mean(weights),
    )


def hold_out(table: Table) -> HeldOut:
    first, shown = np.zeros(len(table.folds)), np.zeros(len(table.folds))
    for fold in range(FOLDS):
        asked = table.folds == fold
        first[asked] = _probabilities(_regress(table, table.first_right, ~asked), table.features[asked])
        shown[asked] = _probabilities(_regress(table, table.shown_right, ~asked), table.features[asked])
    return HeldOut(first=first, shown=np.maximum(first, shown))


def fit(table: Table, held_out: HeldOut) -> Calibration:
    """Regressions fitted on everything, cut-offs on what was held out."""
    everything = np.ones(len(table.folds), dtype=bool)
    return Calibration(
        first=_regress(table, table.first_right, everything),
        shown=_regress(table, table.shown_right, everything),
        tiers=tuple(fit_tiers(table, held_out, everything)),
    )


def fit_tiers(table: Table, held_out: HeldOut, among: Flags) -> Iterator[Tier]:
    for phrasings in PHRASINGS:
        chosen = among & (table.phrasings == phrasings)
        far = held_out.shown[chosen & table.kind(Kind.FAR)]
        yield Tier(
            phrasings=phrasings,
            ask_from=round(float(np.quantile(far, FAR_REFUSED)), 4),
            cut_offs=tuple(_cut_offs(table, held_out, chosen & ~table.objected)),
        )


def _cut_offs(table: Table, held_out: HeldOut, among: Flags) -> Iterator[CutOff]:
    return fit_cut_offs(
        held_out.first[among],
        table.first_right[among],
        table.weights[among],
        questions=table.questions[among],
    )


def _regress(table: Table, right: Flags, among: Flags) -> Logistic:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=10.0, max_iter=5000))
    model.fit(table.features[among], right[among], logisticregression__sample_weight=table.weights[among])
    # Undo the scaling, so that the constants apply to the features as they come.
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - (weights * scaler.mean_).sum())
    return Logistic(
        bias=round(bias, 4),
        weights={name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True)},
    )


def _probabilities(regression: Logistic, features: Floats) -> Floats:
    return np.array(
        [regression.probability(dict(zip(FEATURES, row, strict=True))) for row in features.tolist()]
    )
