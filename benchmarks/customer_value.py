"""RFM and the expected value of 1,000,000 buyers, without reading or writing them.

The buyers are made up by the models themselves, with the parameters of CDNOW, so that it shows as well whether the fit
finds them again. First purchases are spread evenly over two years.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

import numpy as np

from benchmarks import arguments
from benchmarks.processes import machine, usage
from customers.value.bgnbd import BgNbd
from customers.value.expected import forecast
from customers.value.gamma_gamma import GammaGamma
from customers.value.histories import Histories
from customers.value.model import LtvModel, fit
from customers.value.rfm import bounds_of, cells

HABIT = BgNbd(r=0.243, alpha=30.9, a=0.793, b=2.426)
MONEY = GammaGamma(p=6.25, q=3.74, v=10_000.0)
_DAYS = 730
T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    histories = made_up(options.customers, np.random.default_rng(options.seed))
    fit_seconds, model = _timed(lambda: fit(histories, 0))
    if not isinstance(model, LtvModel):
        raise SystemExit(model.reason)
    forecast_seconds, _ = _timed(lambda: forecast(model, histories))
    rfm_seconds, _ = _timed(lambda: _rfm(histories))
    return {
        "benchmark": "customer_value",
        "machine": machine(),
        "customers": options.customers,
        "repeating": model.repeating,
        "most_repeats": int(histories.repeats.max()),
        "fit_seconds": fit_seconds,
        "forecast_seconds": forecast_seconds,
        "rfm_seconds": rfm_seconds,
        "peak_mb": usage([os.getpid()]).peak_mb,
        "made_up_with": {**asdict(HABIT), **asdict(MONEY)},
        "fitted": {**asdict(model.purchases), **asdict(model.money)},
    }


def made_up(customers: int, draw: np.random.Generator) -> Histories:
    observed = draw.integers(0, _DAYS, customers, endpoint=True)
    rate = draw.gamma(HABIT.r, 1 / HABIT.alpha, customers)
    leaving = draw.beta(HABIT.a, HABIT.b, customers)
    repeats = np.zeros(customers, dtype=np.int64)
    last, at = np.zeros(customers), np.zeros(customers)
    here = np.arange(customers)
    while len(here):
        at[here] += draw.standard_exponential(len(here)) / np.maximum(rate[here], 1e-9)
        here = here[at[here] <= observed[here]]
        repeats[here] += 1
        last[here] = at[here]
        here = here[draw.random(len(here)) >= leaving[here]]
    price = draw.gamma(MONEY.q, 1 / MONEY.v, customers)
    spent = np.rint(draw.standard_gamma(MONEY.p * (repeats + 1)) / price).astype(np.int64) + 1
    return Histories(
        repeats=repeats, last_days=last.astype(np.int64), observed_days=observed, spent_fen=spent
    )


def _rfm(histories: Histories) -> list[str]:
    buyers = histories.observed_days - histories.last_days, histories.repeats + 1, histories.spent_fen
    bounds = bounds_of(*buyers)
    return [] if bounds is None else cells(bounds, *buyers)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    done = work()
    return round(time.perf_counter() - started, 2), done


if __name__ == "__main__":
    main()
