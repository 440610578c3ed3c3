"""Gamma-Gamma: what a customer pays for a purchase, in the long run.

Fader and Hardie 2013, "The Gamma-Gamma Model of Monetary Value" (brucehardie.com/notes/025). What a purchase costs is
Gamma(p, ν) with ν ~ Gamma(q, v) differing between customers, and does not depend on how often they buy.

Of a customer: ``counts``, purchases of which the money is known, one or more; ``average``, what one of them cost, above
zero. ``v`` is in the unit of the money.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from customers.value.fitting import Reals, most_likely

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaGamma:
    p: float
    q: float
    v: float

    def mean(self) -> float:
        """What a purchase of somebody unknown costs; needs q > 1."""
        return self.p * self.v / (self.q - 1)

    def average(self, counts: Whole, average: Reals) -> Reals:
        """What one of each customer's further purchases is expected to cost: between their own average and everybody's,
        the nearer to their own the more of their purchases are known."""
        return np.asarray(self.p * (self.v + counts * average) / (self.p * counts + self.q - 1))


def log_likelihood(parameters: Reals, counts: Whole, average: Reals) -> tuple[float, Reals]:
    """Of p, q, v; with its derivative by each. The note's (1a), in logarithms throughout."""
    p, q, v = parameters
    n, place = np.unique(counts, return_inverse=True)
    many = np.bincount(place).astype(np.float64)
    log_average = np.bincount(place, weights=np.log(average))
    log_sum = np.bincount(place, weights=np.log(v + counts * average))
    inverse_sum = np.bincount(place, weights=1 / (v + counts * average))
    total, shape = float(len(counts)), p * n + q
    value = (
        many @ (gammaln(shape) - gammaln(p * n) + p * n * np.log(n))
        + total * (q * np.log(v) - gammaln(q))
        + (p * n - 1) @ log_average
        - shape @ log_sum
    )
    by_p = n @ (many * (digamma(shape) - digamma(p * n) + np.log(n)) + log_average - log_sum)
    by_q = many @ digamma(shape) + total * (np.log(v) - digamma(q)) - log_sum.sum()
    by_v = total * q / v - shape @ inverse_sum
    return float(value), np.array([by_p, by_q, by_v])


def fit(counts: Whole, average: Reals) -> GammaGamma | None:
    """The most likely parameters. None: the search did not converge, or there is nothing to fit. The
    order of the customers changes nothing: sums are made in one order."""
    if not len(counts):
        return None
    order = np.lexsort((average, counts))
    counts, average = counts[order], average[order]
    unit = float(average.mean())
    scaled = average / unit
    starts = [(2.0, 3.0, 1.0), (8.0, 4.0, 0.5)]
    found = most_likely(
        lambda parameters: log_likelihood(parameters, counts, scaled), starts, weight=float(len(counts))
    )
    if found is None:
        return None
    p, q, v = found.tolist()
    return GammaGamma(p=p, q=q, v=v * unit)
