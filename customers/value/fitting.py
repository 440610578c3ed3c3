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
    good = [end for end in ends if end.success and np.isfinite(end.fun)]
    return np.exp(min(good, key=lambda end: end.fun).x) if good else None
