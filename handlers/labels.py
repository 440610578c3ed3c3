"""A question as one line of a menu. Pure."""

from __future__ import annotations

LONGEST_LABEL = 40
"""Characters of a question in a menu: three bytes each, and a menu line holds 128 bytes."""


def label(question: str) -> str:
    """The question, cut where a menu would cut it."""
    return question if len(question) <= LONGEST_LABEL else question[: LONGEST_LABEL - 1] + "…"
