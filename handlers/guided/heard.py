"""What a guided conversation is told and makes of it: values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

WRONG = "wrong"
"""Kept beside the slots: the slot that was answered wrongly last, and how often in a row (``phone:2``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whose conversation it is, and when. ``conversation_id`` is also how the mall knows the customer."""

    conversation_id: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message: its words, the intent that Rasa reads in it, and the things it names, by name."""

    text: str
    intent: str
    entities: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """``slots``: what is known now, None for what is taken back and has to be asked for again. ``says``: explains it.

    ``ask``: what to ask next, where that is not the first slot missing. ``cancelled``: no more of it.
    """

    slots: Mapping[str, str | None] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    ask: str | None = None
    cancelled: bool = False
