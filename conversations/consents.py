"""What a customer agrees to, or no longer does: decided by a turn, and kept by ``customers``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What a consent is for. Values are stored; never rename them."""

    MARKETING = "marketing"
    """News of offers and activities; what concerns an order of theirs is no marketing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChange:
    """The customer agreed (``granted``), or took it back. The latest change of a purpose counts."""

    purpose: Purpose
    granted: bool
