"""BG/NBD: how often customers buy and when they silently leave.

Fader, Hardie and Lee 2005, "Counting Your Customers" the Easy Way, Marketing Science 24(2). While alive a customer buys
at a rate λ ~ Gamma(r, α); after each purchase they leave with a chance p ~ Beta(a, b).

Of a customer: ``repeats`` (x), purchases after the first; ``last`` (t_x), from the first purchase to the last, 0
without repeats; ``observed`` (T), from the first purchase to now. Any unit of time, the same everywhere; α is in it.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, expit, gammaln

from customers.value.fitting import Reals, most_likely
from customers.value.quadrature import beta_nodes

Whole = NDArray[np.int64]

_AT_ONCE = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class BgNbd:
    r: float
    alpha: float
    a: float
    b: float

    def alive(self, repeats: Whole, last: Reals, observed: Reals) -> Reals:
        """The chance of each customer to be a customer still; 1 without repeats, where the model knows no leaving."""
        return np.asarray(expit(_odds(astuple(self), repeats, last, observed)))

    def purchases_if_alive(self, repeats: Whole, observed: Reals, ahead: float) -> Reals:
        """Expected purchases in the next ``ahead`` of customers who are alive now.

        The mean of (1 - (1 + p·ahead/(α+T))^-(r+x)) / p over p ~ Beta(a, b+x). The paper's closed form (10) is the
        same by the hypergeometric function, which divides by a - 1 and loses its digits near a = 1.
        """
        purchases = np.empty(len(repeats))
        for count in np.unique(repeats):
            points, weights = beta_nodes(self.a, self.b + float(count))
            whose = np.flatnonzero(repeats == count)
            for start in range(0, len(whose), _AT_ONCE):
                part = whose[start : start + _AT_ONCE]
                share = ahead / (self.alpha + observed[part])
                purchases[part] = _bought(points, share, self.r + float(count)) @ weights
        return purchases

    def purchases(self, repeats: Whole, last: Reals, observed: Reals, ahead: float) -> Reals:
        """Expected purchases in the next ``ahead``."""
        return self.alive(repeats, last, observed) * self.purchases_if_alive(repeats, observed, ahead)

    def purchases_of_new(self, observed: Reals) -> Reals:
        """Expected repeat purchases of somebody of whom nothing is known, by ``observed`` after their first."""
        points, weights = beta_nodes(self.a, self.b)
        return np.asarray(_bought(points, observed / self.alpha, self.r) @ weights)


def _bought(points: Reals, share: Reals, shape: float) -> Reals:
    """Customers × points. ``points`` at 0 stand for the limit there."""
    least = np.maximum(points, 1e-300)
    return np.asarray(-np.expm1(-shape * np.log1p(np.multiply.outer(share, least))) / least)


def _odds(parameters: tuple[float, ...] | Reals, repeats: Whole, last: Reals, observed: Reals) -> Reals:
    """The logarithm of alive : left; infinite without repeats."""
    r, alpha, a, b = parameters
    again = repeats > 0
    log_odds = np.log(b + np.maximum(repeats, 1) - 1) - np.log(a)
    log_odds -= (r + repeats) * (np.log(alpha + observed) - np.log(alpha + last))
    return np.where(again, log_odds, np.inf)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Customers with equal histories taken together: ``weights`` says how many each element stands for."""

    repeats: Whole
    last: Reals
    observed: Reals
    weights: Reals

    @classmethod
    def of(cls, repeats: Whole, last: Whole, observed: Whole) -> Grouped:
        """Of customers one by one; times in whole units, so that many are equal."""
        order = np.lexsort((observed, last, repeats))
        table = np.stack((repeats[order], last[order], observed[order]))
        first = np.flatnonzero(np.append(True, (table[:, 1:] != table[:, :-1]).any(axis=0))[: len(order)])
        weights = np.diff(np.append(first, len(order))).astype(np.float64)
        table = table[:, first]
        return cls(table[0], table[1].astype(np.float64), table[2].astype(np.float64), weights)


def log_likelihood(parameters: Reals, groups: Grouped) -> tuple[float, Reals]:
    """Of r, α, a, b; with its derivative by each. The paper's (6), in logarithms throughout."""
    r, alpha, a, b = parameters
    x, place = np.unique(groups.repeats, return_inverse=True)
    counts = np.bincount(place, weights=groups.weights)
    total = groups.weights.sum()
    log_observed, log_last = np.log(alpha + groups.observed), np.log(alpha + groups.last)
    odds = _odds(parameters, groups.repeats, groups.last, groups.observed)
    alive = expit(odds)
    shape = r + groups.repeats
    of_times = -shape * log_observed + np.logaddexp(0, -odds)
    of_counts = gammaln(r + x) + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    value = groups.weights @ of_times + counts @ of_counts + total * (r * np.log(alpha) - gammaln(r))
    stay, leave = groups.weights * alive, groups.weights * (1 - alive)
    left = np.bincount(place, weights=leave)
    by_r = (
        counts @ digamma(r + x)
        + total * (np.log(alpha) - digamma(r))
        - stay @ log_observed
        - leave @ log_last
    )
    by_alpha = (
        total * r / alpha
        - stay @ (shape / (alpha + groups.observed))
        - leave @ (shape / (alpha + groups.last))
    )
    both = counts @ (digamma(a + b) - digamma(a + b + x))
    by_a = both + left.sum() / a
    by_b = both + counts @ (digamma(b + x) - digamma(b)) - left @ (1 / (b + np.maximum(x, 1) - 1))
    return float(value), np.array([by_r, by_alpha, by_a, by_b])


def fit(groups: Grouped) -> BgNbd | None:
    """The most likely parameters. None: the search did not converge, or nothing was observed."""
    if not len(groups.repeats) or not groups.observed.any():
        return None
    unit = float(groups.observed.max())
    scaled = Grouped(groups.repeats, groups.last / unit, groups.observed / unit, groups.weights)
    starts = [(0.5, 0.2, 1.0, 2.0), (1.0, 1.0, 0.5, 5.0)]
    found = most_likely(
        lambda parameters: log_likelihood(parameters, scaled), starts, weight=float(groups.weights.sum())
    )
    if found is None:
        return None
    r, alpha, a, b = found.tolist()
    return BgNbd(r=r, alpha=alpha * unit, a=a, b=b)
