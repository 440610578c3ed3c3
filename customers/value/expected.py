"""What customers are expected to bring in the next 12 months, how sure that is, and whether they are customers still.

Expected value = expected purchases (BG/NBD) × what one is expected to cost (Gamma-Gamma); the two are independent.

The interval is that of the predictive distribution: a year is drawn with rate, leaving and money of the customer
uncertain as the models leave them. It is cheap because it falls apart:

1. Given that a customer is alive, how often they buy depends only on x and T. With λ ~ Gamma(r+x, α+T) and p ~ Beta(a,
   b+x), they buy min(N, D) times: N ~ Poisson(λ·year) would be bought without leaving, the D-th is the last, D ~
   Geometric(p).
2. What y purchases bring is (v + n·z) · Gamma(p·y) / Gamma(p·n + q): the customer's own money only scales it.

So one sample for each x and week of T serves all such customers; t_x comes in as the chance that nothing is bought
because the customer is gone. Samples are drawn with a seed made of x and that week: a customer's interval does not
depend on who else is reckoned. A quantile of 4,000 draws is uncertain by half a point of rank (one standard error), and
parameters are taken as certain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customers.profile.profile import Expected
from customers.value.fitting import Reals
from customers.value.histories import Histories
from customers.value.model import LtvModel

Whole = NDArray[np.int64]

YEAR_DAYS = 365
LOW, HIGH = 0.1, 0.9

_DRAWS = 4000
_SEED = 20050401
_COARSE_DAYS = 7
"""Customers whose T is in the same week share a sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasts:
    """One element per customer, in the order of the histories. Money in fen; ``low`` and ``high`` bound the middle
    80 %. The expected value may be above ``high`` where nothing is likely and much is possible."""

    ltv_fen: Whole
    low_fen: Whole
    high_fen: Whole
    alive: Reals

    def each(self) -> Iterator[Expected]:
        columns = (self.ltv_fen, self.low_fen, self.high_fen, self.alive)
        for ltv, low, high, alive in zip(*(column.tolist() for column in columns), strict=True):
            yield Expected(ltv_fen=ltv, low_fen=low, high_fen=high, alive=alive)


def forecast(model: LtvModel, histories: Histories, ahead_days: int = YEAR_DAYS) -> Forecasts:
    """Of buyers, whether the model was fitted on them or not."""
    repeats, observed = histories.repeats, histories.observed_days.astype(np.float64)
    alive = model.purchases.alive(repeats, histories.last_days.astype(np.float64), observed)
    cells = _Cells.of(repeats, histories.observed_days)
    if_alive = model.purchases.purchases_if_alive(cells.repeats, cells.days.astype(np.float64), ahead_days)
    purchases = alive * if_alive[cells.place]
    counts = repeats + 1
    value = purchases * model.money.average(counts, histories.spent_fen / counts)
    low, high = _middle(model, _Cells.of(repeats, _coarse(histories.observed_days)), alive, ahead_days)
    scale = model.money.v + histories.spent_fen
    return Forecasts(
        ltv_fen=np.rint(value).astype(np.int64),
        low_fen=np.rint(low * scale).astype(np.int64),
        high_fen=np.rint(high * scale).astype(np.int64),
        alive=alive,
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """Distinct (x, T), and in which of them each customer is."""

    repeats: Whole
    days: Whole
    place: Whole

    @classmethod
    def of(cls, repeats: Whole, days: Whole) -> _Cells:
        width = int(days.max(initial=0)) + 1
        keys, place = np.unique(repeats * width + days, return_inverse=True)
        return cls(keys // width, keys % width, place)


def _coarse(days: Whole) -> Whole:
    """The middle of the week that each day is in, counted from the first purchase."""
    return days // _COARSE_DAYS * _COARSE_DAYS + _COARSE_DAYS // 2


def _middle(model: LtvModel, cells: _Cells, alive: Reals, ahead_days: int) -> tuple[Reals, Reals]:
    """The quantiles of each customer's value, for v + n·z = 1."""
    low, high = np.zeros(len(alive)), np.zeros(len(alive))
    by_cell = np.argsort(cells.place, kind="stable")
    ends = np.cumsum(np.bincount(cells.place, minlength=len(cells.repeats)))
    start = 0
    for count, days, end in zip(cells.repeats.tolist(), cells.days.tolist(), ends.tolist(), strict=True):
        whose, start = by_cell[start:end], end
        worth = _sample(model, count, days, ahead_days)
        low[whose] = _quantile(worth, alive[whose], LOW)
        high[whose] = _quantile(worth, alive[whose], HIGH)
    return low, high


def _quantile(worth: Reals, alive: Reals, level: float) -> Reals:
    """Of 0 with the chance 1 - alive and otherwise one of ``worth``, which is sorted."""
    among = np.maximum(level - (1 - alive), 0) / np.maximum(alive, 1e-300)
    place = np.ceil(among * len(worth)).astype(np.int64) - 1
    return np.where(place < 0, 0.0, worth[np.clip(place, 0, len(worth) - 1)])


def _sample(model: LtvModel, count: int, days: int, ahead_days: int) -> Reals:
    """What customers who are alive bring, sorted, for v + n·z = 1."""
    draw = np.random.default_rng((_SEED, count, days))
    habit, money = model.purchases, model.money
    rate = draw.standard_gamma(habit.r + count, _DRAWS) / (habit.alpha + days)
    leaving = np.minimum(draw.beta(habit.a, habit.b + count, _DRAWS), 1 - 1e-12)
    without_leaving = draw.poisson(np.minimum(rate * ahead_days, 1e9))
    last = np.ceil(draw.standard_exponential(_DRAWS) / np.maximum(-np.log1p(-leaving), 1e-300))
    bought = np.minimum(without_leaving, np.maximum(last, 1))
    spent = draw.standard_gamma(money.p * bought)
    return np.sort(spent / draw.standard_gamma(money.p * (count + 1) + money.q, _DRAWS))
