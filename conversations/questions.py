"""A question that reached the knowledge base, and what was decided: kept with the turn that asked it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reaction(StrEnum):
    """What a customer got. Values are stored; never rename them."""

    ANSWERED = "answered"
    ASKED = "asked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """``text``: without personal data. ``entries``: the answered one, or those offered; ids, best first.

    ``probability``: that the best entry is right, 0 to 1; ``rule``: which rule decided; ``version``: of the index,
    None when there was none.
    """

    text: str
    reaction: Reaction
    rule: str
    probability: float = 0.0
    entries: tuple[str, ...] = ()
    version: str | None = None
