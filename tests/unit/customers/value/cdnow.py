"""The public data on which the papers print their results: see data/README.md."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


class Cdnow(NamedTuple):
    """One element per customer."""

    repeats: Whole
    last_days: Whole
    observed_days: Whole
    first_cents: Whole
    repeat_cents: Whole
    later: Whole
    later_cents: Whole


def cdnow() -> Cdnow:
    path = Path(__file__).parent / "data" / "cdnow.csv"
    rows = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.int64)
    return Cdnow(*np.repeat(rows[:, :-1], rows[:, -1], axis=0).T.copy())
