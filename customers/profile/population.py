"""What is known of all customers together, and needed to judge one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """``value_line_fen``: the average order value at which the top share of buyers begins; None without buyers."""

    value_line_fen: int | None = None


def line_of(averages_fen: Sequence[int], top_share: float) -> int | None:
    """The least average order value among the top share of buyers, which is at least one of them. Pure; exact."""
    if not averages_fen:
        return None
    return sorted(averages_fen, reverse=True)[line_place(len(averages_fen), top_share)]


def line_place(buyers: int, top_share: float) -> int:
    """Where the line is, among ``buyers`` (one or more) by falling average order value, from 0."""
    return max(int(buyers * top_share + 1e-9), 1) - 1
