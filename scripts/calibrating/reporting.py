"""Says how good a calibration is on categories that it has not seen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from knowledge_base.calibration import Tier
from scripts.calibrating.drawing import FOLDS, PHRASINGS, Kind
from scripts.calibrating.fitting import Flags, Floats, HeldOut, Table, fit_tiers

_REPORTED = (0.02, 0.05, 0.1)
_STEPS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


def report(table: Table, held_out: HeldOut) -> Iterator[str]:
    """Lines to print. Regressions and cut-offs are both of the other folds."""
    tiers = [list(fit_tiers(table, held_out, table.folds != fold)) for fold in range(FOLDS)]
    for place, phrasings in enumerate(PHRASINGS):
        chosen = table.phrasings == phrasings
        yield f"{phrasings} phrasing(s) an entry"
        yield from _reliability(table, held_out, chosen)
        for bound in _REPORTED:
            yield _line(table, held_out, [tier[place] for tier in tiers], bound, chosen)


def _line(table: Table, held_out: HeldOut, tiers: list[Tier], bound: float, chosen: Flags) -> str:
    cut_off = np.array([tier.cut_off(bound) for tier in tiers])[table.folds]
    ask_from = np.array([tier.ask_from for tier in tiers])[table.folds]
    answered = (held_out.first >= cut_off) & ~table.objected
    asked = ~answered & (held_out.shown >= ask_from)
    query, phrasing = chosen & table.kind(Kind.QUERY), chosen & table.kind(Kind.PHRASING)
    refused = {
        kind: _share(~(answered | asked), chosen & table.kind(kind))
        for kind in (Kind.FAR, Kind.NEAR, Kind.LEFT_OUT)
    }
    given = table.weights * (answered & chosen)
    return (
        f"  bound {bound}: wrong {(given * ~table.first_right).sum() / given.sum():.3f};"
        f" queries answered {_share(answered, query)}, asked back {_share(asked, query)}"
        f" (right one shown {_share(table.shown_right, query & asked)}); phrasings answered"
        f" {_share(answered, phrasing)}; refused: "
        + ", ".join(f"{kind.value} {share}" for kind, share in refused.items())
    )


def _reliability(table: Table, held_out: HeldOut, chosen: Flags) -> Iterator[str]:
    for low, high in pairwise(_STEPS):
        here = chosen & (held_out.first >= low) & (held_out.first < high)
        said, right = (
            _mean(held_out.first, table, here),
            _mean(table.first_right.astype(np.float64), table, here),
        )
        yield f"  said {low:.2f} to {min(high, 1):.2f}: on average {said:.3f}, right {right:.3f}"


def _mean(values: Floats, table: Table, chosen: Flags) -> float:
    return float(np.average(values[chosen], weights=table.weights[chosen]))


def _share(flags: Flags, among: Flags) -> str:
    return f"{flags[among].mean():.3f}" if among.any() else "-"
