"""What people and platforms tell us: typed messages and events, independent of any platform's wire format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from conversations.address import Address
from conversations.replies import EventCode

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
class File:
    media_id: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Anything that the person's phone shows as a card and that we keep but cannot read.

    ``kind`` is the platform's word: business_card, miniprogram, merged_msg, channels, channels_shop_product,
    channels_shop_order, meeting, calendar, note, msgmenu.
    """

    kind: str
    title: str
    fields: Mapping[str, object]


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
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSession:
    """The platform's own agents took, passed on, closed or reopened the session.

    公众号 kf_*_session events; 微信客服 session_status_change, which may grant a ``code`` for one more message.
    """

    change: AgentSessionChange
    agent: str
    previous_agent: str | None = None
    code: EventCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSaid:
    """A human agent typed this in the platform's own client (微信客服 origin 5). Kept, never answered."""

    agent: str
    content: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredSession:
    """The person opened the chat through a link. ``scene_param`` is what our link carried.

    ``code`` is granted when nobody has greeted the person within 48 h and the person has not written.
    """

    scene: str = ""
    scene_param: str = ""
    code: EventCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFailed:
    """What the platform took earlier under ``platform_id`` did not reach the person after all."""

    platform_id: str
    fail_type: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A message was taken back: by the person, or by ``agent``. ``platform_id`` is the message's id."""

    platform_id: str
    agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardClicked:
    """A member tapped a button of a template card (WeCom 90240). ``response_code`` updates the card once within 72 h.

    ``selected`` holds the chosen option ids of each question.
    """

    card_type: str
    task_id: str
    key: str
    response_code: str
    selected: Mapping[str, tuple[str, ...]]


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


Message = Text | Image | Voice | Video | Location | Link | File | Card
Event = (
    Followed
    | Unfollowed
    | Scanned
    | MenuClicked
    | AgentSession
    | AgentSaid
    | EnteredSession
    | SendFailed
    | Recalled
    | CardClicked
    | Notification
)
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
