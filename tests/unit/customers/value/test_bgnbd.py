from __future__ import annotations

import numpy as np
import pytest
from scipy.special import hyp2f1
from scipy.stats import beta, gamma

from customers.value.bgnbd import BgNbd, Grouped, fit, log_likelihood
from customers.value.quadrature import beta_nodes
from tests.unit.customers.value.cdnow import cdnow

PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
"""Fader, Hardie and Lee 2005, table 2; weeks."""


def one(x: int, last: float, observed: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.array([x]), np.array([last]), np.array([observed])


def test_cdnow_gives_the_published_parameters() -> None:
    data = cdnow()
    groups = Grouped.of(data.repeats, data.last_days, data.observed_days)
    found = fit(groups)
    assert found is not None
    weeks = Grouped(groups.repeats, groups.last / 7, groups.observed / 7, groups.weights)
    parameters = np.array([found.r, found.alpha / 7, found.a, found.b])
    assert parameters == pytest.approx([0.243, 4.414, 0.793, 2.426], rel=0.01)
    assert log_likelihood(parameters, weeks)[0] == pytest.approx(-9582.4, abs=0.05)


def test_the_example_of_the_paper() -> None:
    assert PUBLISHED.purchases(*one(2, 30.43, 38.86), 39)[0] == pytest.approx(1.226, abs=0.0005)


def test_cdnow_is_foreseen() -> None:
    """The 39 weeks that the model did not see brought 1,882 purchases; the model says 12 % less."""
    data = cdnow()
    said = PUBLISHED.purchases(data.repeats, data.last_days / 7, data.observed_days / 7, 39).sum()
    assert data.later.sum() == 1882
    assert said / 1882 == pytest.approx(0.879, abs=0.005)


def test_equal_customers_are_taken_together() -> None:
    rows = np.array([[1, 5, 9], [0, 0, 9], [1, 5, 9], [1, 4, 9], [0, 0, 9], [0, 0, 9]]).T.copy()
    groups = Grouped.of(*rows)
    found = list(zip(groups.repeats, groups.last, groups.observed, groups.weights, strict=True))
    assert sorted(found) == [(0, 0, 9, 3), (1, 4, 9, 1), (1, 5, 9, 2)]
    single = Grouped(rows[0], rows[1].astype(float), rows[2].astype(float), np.ones(6))
    parameters = np.array([0.3, 4.0, 0.8, 2.0])
    assert log_likelihood(parameters, groups)[0] == pytest.approx(log_likelihood(parameters, single)[0])
    nobody = np.array([], dtype=np.int64)
    assert fit(Grouped.of(nobody, nobody, nobody)) is None


def test_derivatives_are_those_of_the_likelihood() -> None:
    data = cdnow()
    groups = Grouped.of(data.repeats[::9], data.last_days[::9], data.observed_days[::9])
    for point in ([0.3, 20.0, 0.8, 2.0], [2.0, 90.0, 0.1, 7.0]):
        at = np.array(point)
        numeric = []
        for place in range(4):
            step = np.zeros(4)
            step[place] = at[place] * 1e-5
            up, down = log_likelihood(at + step, groups)[0], log_likelihood(at - step, groups)[0]
            numeric.append((up - down) / (2 * step[place]))
        assert log_likelihood(at, groups)[1] == pytest.approx(numeric, rel=1e-5, abs=1e-5)


def test_likelihood_and_chance_to_be_alive_are_the_integrals_over_all_customers() -> None:
    """Of λ^x (1-p)^x e^(-λT) and λ^x p (1-p)^(x-1) e^(-λt_x), over both distributions."""
    model = BgNbd(r=1.3, alpha=4.0, a=1.4, b=2.5)
    points, weights = np.polynomial.legendre.leggauss(400)
    rate, p = 4 * (points[:, None] + 1), (points + 1) / 2
    density = gamma(model.r, scale=1 / model.alpha).pdf(rate) * beta(model.a, model.b).pdf(p)
    density *= 4 * weights[:, None] * weights / 2

    x, last, observed = 2, 3.0, 7.0
    stay = (density * rate**x * (1 - p) ** x * np.exp(-rate * observed)).sum()
    leave = (density * rate**x * p * (1 - p) ** (x - 1) * np.exp(-rate * last)).sum()
    groups = Grouped(*one(x, last, observed), np.ones(1))
    parameters = np.array([model.r, model.alpha, model.a, model.b])
    assert log_likelihood(parameters, groups)[0] == pytest.approx(np.log(stay + leave), rel=1e-5)
    assert model.alive(*one(x, last, observed))[0] == pytest.approx(stay / (stay + leave), rel=1e-5)


def test_purchases_are_the_closed_form() -> None:
    """(10) of the paper, where its terms are good."""
    for model in (PUBLISHED, BgNbd(r=1.5, alpha=10.0, a=1.7, b=3.1)):
        for x, last, observed, ahead in ((0, 0.0, 12.0, 39.0), (2, 30.4, 38.9, 39.0), (25, 33.0, 38.0, 78.0)):
            r, alpha, a, b = model.r, model.alpha, model.a, model.b
            shrunk = ((alpha + observed) / (alpha + observed + ahead)) ** (r + x)
            curve = hyp2f1(r + x, b + x, a + b + x - 1, ahead / (alpha + observed + ahead))
            if_alive = (a + b + x - 1) / (a - 1) * (1 - shrunk * curve)
            histories = one(x, last, observed)
            expected = if_alive * model.alive(*histories)[0]
            assert model.purchases(*histories, ahead)[0] == pytest.approx(expected, rel=1e-8)


def test_purchases_stay_finite_at_the_edges() -> None:
    x, last, observed = np.array([0, 1, 2000]), np.array([0.0, 0.0, 700.0]), np.array([0.0, 700.0, 700.0])
    for a in (1e-5, 1.0, 1.0 + 1e-9, 1e5):
        model = BgNbd(r=0.2, alpha=0.5, a=a, b=2.0)
        said = model.purchases(x, last, observed, 365)
        assert np.isfinite(said).all()
        assert (said >= 0).all()
    near = [
        BgNbd(r=0.2, alpha=9.0, a=a, b=2.0).purchases(x, last, observed, 365) for a in (1 - 1e-6, 1 + 1e-6)
    ]
    assert near[0] == pytest.approx(near[1], rel=1e-4)


def test_properties() -> None:
    last = np.linspace(1, 100, 40)
    for model in (PUBLISHED, BgNbd(r=5.0, alpha=0.5, a=0.01, b=9.0)):
        for x in (1, 2, 7, 300):
            alive = model.alive(np.full(40, x), last, np.full(40, 100.0))
            said = model.purchases(np.full(40, x), last, np.full(40, 100.0), 52)
            assert ((alive >= 0) & (alive <= 1)).all()
            assert (np.diff(alive) >= 0).all(), "the later the last purchase, the surer"
            assert (np.diff(said) >= 0).all()
        longer = [float(model.purchases(*one(2, 50, 60), ahead)[0]) for ahead in (1, 10, 52, 520)]
        assert longer == sorted(longer)
        assert longer[0] > 0
    assert PUBLISHED.alive(*one(0, 0, 999))[0] == 1


def test_nodes_give_the_moments_of_the_beta_distribution() -> None:
    for a, b in ((0.8, 2.4), (0.01, 3.0), (1.0, 1.0), (0.5, 0.5), (0.8, 5000.0), (4e4, 9e4)):
        points, weights = beta_nodes(a, b)
        got = [float(points**k @ weights) for k in range(4)]
        assert got == pytest.approx([beta(a, b).moment(k) if k else 1.0 for k in range(4)], rel=1e-8), (a, b)
