"""What a guided conversation is told and makes of it: values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

WRONG = "wrong"
"""Kept beside the slots: a ``Wrong`` as text. No agent and no customer is shown it."""

LONGEST_WRONG = 120


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

    def __bool__(self) -> bool:
        """Whether anything comes of the message."""
        return bool(self.slots or self.says or self.ask or self.cancelled)


def both(first: Validated, second: Validated) -> Validated:
    """What two parts of one message come to; where they differ the second holds."""
    return Validated(
        slots={**first.slots, **second.slots},
        says=(*first.says, *(text for text in second.says if text not in first.says)),
        ask=second.ask or first.ask,
        cancelled=first.cancelled or second.cancelled,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """The slot that was answered wrongly last, how often in a row, and with which words."""

    slot: str = ""
    times: int = 0
    words: str = ""

    def to_stored(self) -> str:
        return f"{self.slot}:{self.times}:{self.words[:LONGEST_WRONG]}"

    @classmethod
    def of(cls, collected: Mapping[str, str]) -> Wrong:
        """What is kept of it; nothing wrong where nothing is kept."""
        slot, _, rest = collected.get(WRONG, "").partition(":")
        times, _, words = rest.partition(":")
        return cls(slot=slot, times=int(times) if times.isdecimal() else 0, words=words)
