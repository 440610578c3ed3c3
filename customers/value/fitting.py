"""Finds the parameters, all above zero, under which what happened is the most likely."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Reals = NDArray[np.float64]
Likelihood = Callable[[Reals], tuple[float, Reals]]
"""Parameters → log-likelihood and its derivative by each parameter."""

_FURTHEST = 12.0
"""Parameters are looked for between e^-12 and e^12; the caller chooses units in which that is plenty."""

_FLAT = 1e-4
"""Loss of an observation for a step of one in the logarithm of a parameter, below which a search that could not take
another step has arrived: near the end floats have no digits left to improve, on one processor sooner than on
another."""


def most_likely(likelihood: Likelihood, starts: Sequence[Sequence[float]], *, weight: float) -> Reals | None:
    """L-BFGS-B on the logarithms, from each of ``starts``; the best of the ends. ``weight``: of all observations,
    so that the steps do not depend on how many there are. None: it converged from nowhere."""

    def loss(logs: Reals) -> tuple[float, Reals]:
        parameters = np.exp(logs)
        value, slope = likelihood(parameters)
        return -value / weight, -slope * parameters / weight

    ends = [
        minimize(
            loss,
            np.log(start),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-_FURTHEST, _FURTHEST)] * len(start),
            options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-7},
        )
        for start in starts
    ]
    good = [end for end in ends if np.isfinite(end.fun) and (end.success or _flat(end.x, end.jac))]
    return np.exp(min(good, key=lambda end: end.fun).x) if good else None


def _flat(logs: Reals, slope: Reals) -> bool:
    """Nothing to be gained by any step that stays within the bounds."""
    step = np.clip(logs - slope, -_FURTHEST, _FURTHEST) - logs
    return bool(np.abs(step).max() < _FLAT)
