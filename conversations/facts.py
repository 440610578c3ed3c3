"""Things that happened and are worth counting later: recorded with the turn that made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``name`` is a stable dotted slug (``faq.answered``); ``details`` are small and hold no message text."""

    name: str
    details: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
