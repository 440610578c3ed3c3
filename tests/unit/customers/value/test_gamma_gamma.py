from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from customers.value.gamma_gamma import GammaGamma, fit, log_likelihood
from tests.unit.customers.value.cdnow import cdnow

MODEL = GammaGamma(p=6.25, q=3.74, v=15.44)
"""Fader and Hardie 2013, of CDNOW; dollars."""


def test_cdnow_gives_the_published_parameters() -> None:
    """Of the 946 who bought again, by what they paid after the first purchase."""
    data = cdnow()
    again = data.repeats > 0
    counts = data.repeats[again]
    found = fit(counts, data.repeat_cents[again] / counts)
    assert again.sum() == 946
    assert found is not None
    assert [found.p, found.q, found.v / 100] == pytest.approx([6.25, 3.74, 15.44], rel=0.01)
    assert found.mean() / 100 == pytest.approx(35.2, abs=0.1)


def test_derivatives_are_those_of_the_likelihood() -> None:
    counts, average = np.array([1, 2, 1, 9]), np.array([20.0, 31.5, 9.0, 44.0])
    at = np.array([3.0, 2.5, 17.0])
    numeric = []
    for place in range(3):
        step = np.zeros(3)
        step[place] = at[place] * 1e-5
        up, down = (
            log_likelihood(at + step, counts, average)[0],
            log_likelihood(at - step, counts, average)[0],
        )
        numeric.append((up - down) / (2 * step[place]))
    assert log_likelihood(at, counts, average)[1] == pytest.approx(numeric, rel=1e-5)


def test_likelihood_and_average_are_the_integrals_over_all_customers() -> None:
    for count, average in ((1, 80.0), (3, 22.0), (12, 35.0)):

        def weight(nu: float, count: int = count, average: float = average) -> float:
            paid = gamma(MODEL.p * count, scale=1 / (nu * count)).pdf(average)
            return float(paid * gamma(MODEL.q, scale=1 / MODEL.v).pdf(nu))

        total = quad(weight, 0, 3)[0]
        parameters = np.array([MODEL.p, MODEL.q, MODEL.v])
        counts, averages = np.array([count]), np.array([average])
        assert log_likelihood(parameters, counts, averages)[0] == pytest.approx(np.log(total), rel=1e-6)
        mean = quad(lambda nu: MODEL.p / nu * weight(nu), 1e-9, 3)[0] / total
        assert MODEL.average(counts, averages)[0] == pytest.approx(mean, rel=1e-5)


def test_the_more_is_known_the_nearer_to_their_own() -> None:
    counts = np.array([1, 2, 5, 50, 5000])
    cheap, dear = MODEL.average(counts, np.full(5, 10.0)), MODEL.average(counts, np.full(5, 90.0))
    assert (np.diff(cheap) < 0).all()
    assert (np.diff(dear) > 0).all()
    assert cheap[0] < MODEL.mean() < dear[0]
    assert [cheap[-1], dear[-1]] == pytest.approx([10, 90], rel=0.01)


def test_nothing_is_fitted_of_nobody() -> None:
    assert fit(np.array([], dtype=np.int64), np.array([])) is None
