"""What people and platforms tell us: typed messages and events, independent of any platform's wire format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from conversations.address import Address

MessageKey = NewType("MessageKey", str)
"""Unique for ever: channel, account, and MsgId or the hash of an event's decrypted body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Typed text. ``menu_id`` is set when the person tapped a choice of a menu that we sent."""

    text: str
    menu_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    media_id: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A voice message. ``recognition`` is the platform's transcript; None or empty when it made none."""

    media_id: str
    format: str = "amr"
    recognition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    media_id: str
    thumb_media_id: str | None = None
    short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Latitude and longitude in degrees (GCJ-02, as the platforms send them)."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    title: str
    url: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The person follows the account, perhaps by scanning a code with ``scene``."""

    scene: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed:
    """The person left. 公众号 asks that the person's data be deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A follower scanned a code with ``scene``."""

    scene: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuClicked:
    """A tap on the account's menu that carries a key."""

    menu_key: str


class AgentSessionChange(StrEnum):
    CREATED = "created"
    CLOSED = "closed"
    SWITCHED = "switched"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSession:
    """The platform's own agents took, passed on or closed the session (公众号 kf_*_session events)."""

    change: AgentSessionChange
    agent: str
    previous_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A platform event that asks for no answer and changes no conversation (VIEW, LOCATION, job results …).

    Kept with its ``fields`` as they came, counted by ``name`` (lower case).
    """

    name: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised:
    """A message or event type that we do not know: acknowledged, counted and kept."""

    name: str
    fields: Mapping[str, object]


Message = Text | Image | Voice | Video | Location | Link
Event = Followed | Unfollowed | Scanned | MenuClicked | AgentSession | Notification
Content = Message | Event | Unrecognised


class Trigger(StrEnum):
    """The act that opens a window in which we may speak. Values are stored; never rename them."""

    MESSAGE = "message"
    MENU_CLICK = "menu_click"
    FOLLOW = "follow"
    SCAN = "scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One message or event. ``sent_at`` is the platform's clock, aware, one second resolution."""

    key: MessageKey
    address: Address
    content: Content
    sent_at: datetime
    trigger: Trigger | None

    def __post_init__(self) -> None:
        if self.sent_at.tzinfo is None:
            raise ValueError("sent_at must be timezone-aware")
