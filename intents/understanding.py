"""What a message means to us: an intent, how sure we are, and the things it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

FAQ = "faq"
"""The intent of everything that has no handler of its own: look in the knowledge base."""

ORDER_NO = "order_no"
"""Entity: an order number, upper case, without spaces."""

PHONE = "phone"
"""Entity: the message holds a mobile number. The value is masked (``138****5678``): nobody here needs all of it."""


class Source(StrEnum):
    """Who understood."""

    RULE = "rule"
    RASA = "rasa"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """``confidence`` is between 0 and 1. ``entities`` map an entity's name to its value, one value each.

    ``others``: the next best intents and how sure they are, best first. ``source``: who says so.
    """

    intent: str
    confidence: float
    entities: Mapping[str, str] = field(default_factory=dict)
    others: tuple[tuple[str, float], ...] = ()
    source: Source = Source.RULE


class Understander(Protocol):
    """Anything that understands a message: the fallback classifier here, Rasa elsewhere."""

    async def parse(self, text: str) -> Understanding:
        """Any text, also empty or absurd, gets an understanding. Raises Transient when the classifier is away."""
        ...
