"""What a look at a platform account found, for people: one line each, with the cure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """``problem`` is empty when all is well; then ``cure`` is too, and ``note`` may say what was seen."""

    problem: str = ""
    cure: str = ""
    note: str = ""
