"""One message or event told to the bot, and how long and how often it may still answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.aibot.rooms import Line, Room

STREAM_SECONDS = 360.0
"""A stream is asked for, and may be changed, this long after the message or its last change."""
EVENT_SECONDS = 5.0
RESPONSE_URL_SECONDS = 3600.0
IN_FLIGHT = 3
"""Messages of one person that the bot may be answering at the same time."""


@dataclass(slots=True, kw_only=True)
class Exchange:
    """``body`` is what the bot is told, the same in every attempt; times in epoch seconds of the platform."""

    id: str
    """msgid of a message, a made-up id of an event; also the req_id on the long connection."""
    room: Room
    userid: str
    body: Mapping[str, object]
    began: float
    event: str | None = None
    stream_id: str | None = None
    line: Line | None = None
    card_line: Line | None = None
    changed: float = 0.0
    over: bool = False
    response_code: str = ""
    response_used: bool = False
    shown: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """A short name for logs and faults: ``text``, ``event:enter_chat``."""
        return f"event:{self.event}" if self.event else str(self.body["msgtype"])

    def stream_open(self, now: float) -> bool:
        """Whether the platform still takes changes of the stream."""
        return not self.over and now - max(self.began, self.changed) <= STREAM_SECONDS
