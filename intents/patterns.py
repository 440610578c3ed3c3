"""Regular expressions written as lists of alternatives, so that they can be read and added to."""

from __future__ import annotations


def any_of(*alternatives: str) -> str:
    """One group that matches any of the given expressions."""
    return "(?:" + "|".join(alternatives) + ")"
