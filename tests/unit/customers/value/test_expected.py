from __future__ import annotations

import numpy as np
import pytest

from customers.profile.profile import Expected
from customers.value.bgnbd import BgNbd
from customers.value.expected import forecast
from customers.value.gamma_gamma import GammaGamma
from customers.value.histories import Histories
from customers.value.model import LtvModel, fit
from tests.unit.customers.value.cdnow import cdnow

MODEL = LtvModel(
    purchases=BgNbd(r=0.243, alpha=30.9, a=0.793, b=2.426),
    money=GammaGamma(p=6.25, q=3.74, v=1544.0),
    fitted_ms=1,
    buyers=2357,
    repeating=946,
)


def histories(*rows: tuple[int, int, int, int]) -> Histories:
    repeats, last, observed, spent = np.array(rows, dtype=np.int64).reshape(-1, 4).T.copy()
    return Histories(repeats=repeats, last_days=last, observed_days=observed, spent_fen=spent)


def test_value_is_purchases_times_what_one_costs() -> None:
    said = forecast(MODEL, histories((2, 213, 272, 9000)), ahead_days=273)
    assert said.ltv_fen[0] == pytest.approx(1.226 * 6.25 * (1544 + 9000) / (6.25 * 3 + 2.74), rel=0.001)
    assert said.alive[0] == pytest.approx(0.727, abs=0.002)
    assert list(said.each()) == [
        Expected(
            ltv_fen=int(said.ltv_fen[0]),
            low_fen=int(said.low_fen[0]),
            high_fen=int(said.high_fen[0]),
            alive=float(said.alive[0]),
        )
    ]


def test_interval_is_that_of_customers_simulated_one_by_one() -> None:
    """Each of 40,000 possible futures of the same customer, purchase by purchase."""
    x, last, observed, spent, ahead = 6, 250, 290, 48_000, 365
    habit, money = MODEL.purchases, MODEL.money
    draw = np.random.default_rng(7)
    size = 40_000
    alive = habit.alive(np.array([x]), np.array([float(last)]), np.array([float(observed)]))[0]
    here = draw.random(size) < alive
    rate = draw.gamma(habit.r + x, 1 / (habit.alpha + observed), size)
    leaving = draw.beta(habit.a, habit.b + x, size)
    price = draw.gamma(money.p * (x + 1) + money.q, 1 / (money.v + spent), size)
    at, total = np.zeros(size), np.zeros(size)
    while here.any():
        at += draw.exponential(1 / rate)
        here &= at <= ahead
        total += np.where(here, draw.gamma(money.p, 1 / price), 0)
        here &= draw.random(size) >= leaving
    said = forecast(MODEL, histories((x, last, observed, spent)))
    assert said.ltv_fen[0] == pytest.approx(total.mean(), rel=0.02)
    assert said.low_fen[0] == pytest.approx(np.quantile(total, 0.1), rel=0.15, abs=500)
    assert said.high_fen[0] == pytest.approx(np.quantile(total, 0.9), rel=0.05)


def test_cdnow_is_bounded() -> None:
    """Of the 39 weeks after: 11.6 % came to more than ``high``, next to nobody to less than ``low``, and all together
    to 7.1 million cents, of which 83 % were expected."""
    data = cdnow()
    known = Histories(
        repeats=data.repeats,
        last_days=data.last_days,
        observed_days=data.observed_days,
        spent_fen=data.first_cents + data.repeat_cents,
    )
    model = fit(known, 1)
    assert isinstance(model, LtvModel)
    said = forecast(model, known, ahead_days=273)
    assert float((data.later_cents > said.high_fen).mean()) == pytest.approx(0.116, abs=0.005)
    assert float((data.later_cents < said.low_fen).mean()) < 0.005
    assert said.ltv_fen.sum() / data.later_cents.sum() == pytest.approx(0.829, abs=0.005)


def test_properties() -> None:
    rows = [(x, last, 400, 100 + 5000 * x) for x in (1, 3, 12, 90) for last in (10, 100, 250, 380, 400)]
    rows += [(0, 0, observed, spent) for observed in (0, 10, 700) for spent in (0, 1, 900_000)]
    said = forecast(MODEL, histories(*rows))
    assert ((said.alive >= 0) & (said.alive <= 1)).all()
    assert (said.low_fen >= 0).all()
    assert (said.low_fen <= said.high_fen).all()
    assert (said.ltv_fen >= 0).all()
    assert (said.ltv_fen[20:] > 0).all()
    for start in range(0, 20, 5):
        for column in (said.ltv_fen, said.low_fen, said.high_fen, said.alive):
            assert (np.diff(column[start : start + 5]) >= 0).all(), "the later the last purchase, the more"


def test_nobody_else_changes_what_is_said_of_a_customer() -> None:
    rows = [(2, 100, 200, 9000), (0, 0, 203, 500), (2, 30, 199, 100), (7, 300, 301, 80_000)]
    together = list(forecast(MODEL, histories(*rows)).each())
    alone = [next(forecast(MODEL, histories(row)).each()) for row in rows]
    assert together == alone
    assert list(forecast(MODEL, histories(*rows[::-1])).each()) == together[::-1]
    assert list(forecast(MODEL, histories()).each()) == []
