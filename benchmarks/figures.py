"""Sums up what was measured. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def milliseconds(seconds: Sequence[float]) -> dict[str, float | None]:
    """p50, p95, p99 and max of times in seconds, as milliseconds; None where nothing was measured."""
    ordered = sorted(seconds)
    return {
        "p50": _at(ordered, 0.50),
        "p95": _at(ordered, 0.95),
        "p99": _at(ordered, 0.99),
        "max": _at(ordered, 1.0),
    }


def share(part: int, whole: int) -> float | None:
    """``part`` of ``whole``; None of nothing."""
    return round(part / whole, 4) if whole else None


def _at(ordered: Sequence[float], quantile: float) -> float | None:
    """The smallest time that ``quantile`` of all times do not exceed."""
    if not ordered:
        return None
    place = max(0, -(-int(quantile * 10_000) * len(ordered) // 10_000) - 1)
    return round(ordered[place] * 1000, 1)
