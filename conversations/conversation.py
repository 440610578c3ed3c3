"""A conversation as a turn sees it: who, who owns it, and the little that the bot remembers between messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from conversations.address import Address
from conversations.guided import Guided
from conversations.ownership import Ownership


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the bot remembers of the dialogue. Small; stored with the conversation; replaced as a whole.

    ``offered`` are the FAQ entries of the last question back, in the order shown; ``misses`` counts messages in a
    row that were not understood; ``awaiting`` names the handler that asked for something (``order_status`` waits
    for an order number); ``last_entry`` is the FAQ entry answered last, ``answered_at`` when (aware), and
    ``messages_since`` counts what the customer wrote after that, ``beside`` are the entries that came next to it.
    ``guided`` is the guided conversation under way; ``later`` another wish of the message that began it, in the
    customer's words, to be come back to. ``place_told_at``: when the place in the queue was told last (aware).
    ``comment_until``: until then what is said belongs to the score that was given (aware). ``recommend_until``: until
    then a number says how likely they recommend the shop (aware).
    """

    offered: tuple[str, ...] = ()
    misses: int = 0
    awaiting: str | None = None
    last_entry: str | None = None
    answered_at: datetime | None = None
    messages_since: int = 0
    beside: tuple[str, ...] = ()
    guided: Guided | None = None
    later: str | None = None
    place_told_at: datetime | None = None
    comment_until: datetime | None = None
    recommend_until: datetime | None = None

    def to_stored(self) -> dict[str, Any]:
        return {
            "offered": list(self.offered),
            "misses": self.misses,
            "awaiting": self.awaiting,
            "last_entry": self.last_entry,
            "answered_at": self.answered_at.timestamp() if self.answered_at else None,
            "messages_since": self.messages_since,
            "beside": list(self.beside),
            "guided": self.guided.to_stored() if self.guided else None,
            "later": self.later,
            "place_told_at": self.place_told_at.timestamp() if self.place_told_at else None,
            "comment_until": self.comment_until.timestamp() if self.comment_until else None,
            "recommend_until": self.recommend_until.timestamp() if self.recommend_until else None,
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Context:
        """Reads what any earlier version stored: a missing field takes its default."""
        return cls(
            offered=tuple(stored.get("offered", ())),
            misses=int(stored.get("misses", 0)),
            awaiting=stored.get("awaiting"),
            last_entry=stored.get("last_entry"),
            answered_at=_moment(stored.get("answered_at")),
            messages_since=int(stored.get("messages_since", 0)),
            beside=tuple(stored.get("beside", ())),
            guided=Guided.from_stored(stored["guided"]) if stored.get("guided") else None,
            later=stored.get("later"),
            place_told_at=_moment(stored.get("place_told_at")),
            comment_until=_moment(stored.get("comment_until")),
            recommend_until=_moment(stored.get("recommend_until")),
        )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    address: Address
    ownership: Ownership = field(default_factory=Ownership)
    context: Context = field(default_factory=Context)
    first_seen: datetime | None = None
