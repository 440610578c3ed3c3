"""A guided conversation that is under way (a return, an invoice, …), as the bot remembers it between messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Guided:
    """``form`` names the form (``return_form``), ``tracker`` the dialogue that Rasa keeps for it.

    ``asked``: the slot that was asked for last; ``prompt``: in which words, to be said again after a side question;
    ``choices``: what could be tapped below, in the order shown. A number typed means one of them.
    ``collected``: what the customer has told so far, by slot. ``touched_at`` (aware): when it last moved on.
    """

    form: str
    tracker: str
    touched_at: datetime
    asked: str | None = None
    prompt: str = ""
    choices: tuple[str, ...] = ()
    collected: Mapping[str, str] = field(default_factory=dict)

    def to_stored(self) -> dict[str, Any]:
        return {
            "form": self.form,
            "tracker": self.tracker,
            "touched_at": self.touched_at.timestamp(),
            "asked": self.asked,
            "prompt": self.prompt,
            "choices": list(self.choices),
            "collected": dict(self.collected),
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Guided:
        """Reads what any earlier version stored."""
        return cls(
            form=str(stored["form"]),
            tracker=str(stored["tracker"]),
            touched_at=datetime.fromtimestamp(float(stored["touched_at"]), UTC),
            asked=stored.get("asked"),
            prompt=str(stored.get("prompt", "")),
            choices=tuple(map(str, stored.get("choices", ()))),
            collected={str(name): str(value) for name, value in stored.get("collected", {}).items()},
        )
