"""Findings for tests."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.entry import Entry
from knowledge_base.index.version import Finding, Match
from tests.unit.knowledge_base.shop import SHOP


def found(
    *scores: float,
    phrasing: str = "",
    entries: Sequence[Entry] = SHOP,
    agreement: float = 0.5,
    coverage: float = 0.5,
    unknown: float = 0.0,
) -> Finding:
    """``entries`` in order, by ``scores``."""
    matches = [
        Match(entry=each, phrasing=phrasing or each.question, dense=score, lexical=0.0, score=score)
        for each, score in zip(entries, scores, strict=False)
    ]
    return Finding(matches=tuple(matches), agreement=agreement, coverage=coverage, unknown=unknown)
