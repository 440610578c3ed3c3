"""What one message led to in a guided conversation: the language in which its actions report to the turn.

Our actions hand pieces of it to Rasa as ``custom`` messages; Rasa keeps them in its tracker and gives them to the turn,
which commits what they say. So nothing is done when an action runs, and a turn that runs again reads the same pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from conversations.errands import Errand, ErrandKind
from conversations.outcomes import HandOverReason


class Ending(StrEnum):
    """How a guided conversation ended. Values are stored; never rename them."""

    DONE = "done"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """``says``: texts for the customer, in order. ``choices``: what can be tapped below the last of them.

    ``asked``: the slot that is asked for now, ``collected``: everything told so far, by slot. ``errands`` are for the
    turn to commit. ``hand_over``: a person is needed, and why. ``ending`` None: it goes on.
    """

    says: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    asked: str | None = None
    collected: Mapping[str, str] = field(default_factory=dict)
    errands: tuple[Errand, ...] = ()
    hand_over: HandOverReason | None = None
    ending: Ending | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it says how things stand now: something is asked for, or it has ended."""
        return self.asked is not None or self.ending is not None

    def to_stored(self) -> dict[str, Any]:
        """As JSON has it, with ``kind`` "guidance" to be told from other custom messages."""
        return {
            "kind": "guidance",
            "says": list(self.says),
            "choices": list(self.choices),
            "asked": self.asked,
            "collected": dict(self.collected),
            "errands": [
                {"kind": one.kind.value, "order_no": one.order_no, "details": dict(one.details)}
                for one in self.errands
            ],
            "hand_over": self.hand_over.value if self.hand_over else None,
            "ending": self.ending.value if self.ending else None,
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Guidance:
        """Raises KeyError or ValueError for anything that ``to_stored`` did not make."""
        if stored["kind"] != "guidance":
            raise ValueError("not a piece of guidance")
        return cls(
            says=tuple(map(str, stored["says"])),
            choices=tuple(map(str, stored["choices"])),
            asked=stored["asked"],
            collected={str(name): str(value) for name, value in stored["collected"].items()},
            errands=tuple(
                Errand(kind=ErrandKind(one["kind"]), order_no=one["order_no"], details=dict(one["details"]))
                for one in stored["errands"]
            ),
            hand_over=HandOverReason(stored["hand_over"]) if stored["hand_over"] else None,
            ending=Ending(stored["ending"]) if stored["ending"] else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Beside the words of a message: ``who`` is the conversation it belongs to, ``key`` its name for ever.

    ``again``: it was told before, and nobody knows whether it was heard.
    """

    who: str
    key: str
    again: bool = False


def merged(pieces: Iterable[Guidance]) -> Guidance:
    """The pieces of one message as one: texts and errands in order, and how things stand after the last piece."""
    whole = Guidance()
    for piece in pieces:
        whole = replace(
            piece,
            says=whole.says + piece.says,
            errands=whole.errands + piece.errands,
            hand_over=piece.hand_over or whole.hand_over,
            ending=piece.ending or whole.ending,
        )
    return whole
