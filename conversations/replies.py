"""What we can say: typed replies, and their one stored form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast


class ReplyKind(StrEnum):
    """Why something is said, which decides what happens when the conversation changes hands.

    CHAT of the bot is withheld once somebody else owns the conversation; TRANSITION belongs to the new owner's
    epoch ("正在为您转接"); NOTICE (refund, prize) waits or is shown to the person who owns the conversation; PERSON was
    written by one of the shop's people, and goes out whatever becomes of the conversation.
    """

    CHAT = "chat"
    TRANSITION = "transition"
    NOTICE = "notice"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReply:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageReply:
    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of a menu. ``id`` comes back as ``Text.menu_id`` where the platform has menus."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuReply:
    """A question with choices. Channels without menus say it as numbered text."""

    head: str
    choices: tuple[Choice, ...]
    tail: str = ""

    def as_text(self) -> str:
        """The menu as numbered lines, for channels (and passive replies) that have no menu."""
        lines = [self.head, *(f"{n}. {choice.label}" for n, choice in enumerate(self.choices, 1)), self.tail]
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReply:
    """A link with title and picture. ``thumb_media_id`` is an uploaded image; 微信客服 demands one."""

    title: str
    url: str
    description: str = ""
    thumb_media_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgramReply:
    """A page of a mini-program. ``page`` ends in .html; ``thumb_media_id`` is an uploaded image."""

    app_id: str
    page: str
    title: str
    thumb_media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationReply:
    """A place on the map; degrees as in ``inbound.Location``."""

    name: str
    address: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CardReply:
    """A WeCom template card for members, in the platform's own form (WeCom 90236). ``task_id`` is unique per app."""

    task_id: str
    card: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardUpdate:
    """Changes a template card that a member tapped: ``button`` replaces its buttons by one dead word.

    ``response_code`` comes with the tap and is good once within 72 h.
    """

    response_code: str
    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReply:
    """Hands the session to the platform's own agents: to ``agent``, or to whoever receives.

    ``connecting`` is said once it is done, ``nobody`` when nobody receives and the bot keeps the session.
    """

    agent: str | None = None
    connecting: str = ""
    nobody: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCode:
    """A right to say one thing, granted by an event or a transfer (微信客服 95122). Good once, until ``expires_at``."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedReply:
    """Said by spending ``code``: it costs no quota and is allowed while people have the session."""

    code: EventCode
    reply: TextReply | MenuReply


Reply = (
    TextReply
    | ImageReply
    | MenuReply
    | LinkReply
    | MiniProgramReply
    | LocationReply
    | CardReply
    | CardUpdate
    | TransferReply
    | CodedReply
)


_FLAT: Mapping[str, type[Any]] = {
    "text": TextReply,
    "image": ImageReply,
    "link": LinkReply,
    "miniprogram": MiniProgramReply,
    "location": LocationReply,
    "card": CardReply,
    "card_update": CardUpdate,
    "transfer": TransferReply,
}
"""Stored name of each reply whose fields are stored as they are. Never rename one."""
_NAMES = {kind: name for name, kind in _FLAT.items()}


def to_stored(reply: Reply) -> dict[str, Any]:
    """The JSON form kept in the outbox."""
    match reply:
        case MenuReply():
            choices = [{"id": choice.id, "label": choice.label} for choice in reply.choices]
            return {"type": "menu", "head": reply.head, "choices": choices, "tail": reply.tail}
        case CodedReply():
            return {
                "type": "coded",
                "code": reply.code.code,
                "expires_at": reply.code.expires_at.timestamp(),
                "reply": to_stored(reply.reply),
            }
        case _:
            return {"type": _NAMES[type(reply)], **asdict(reply)}


def from_stored(stored: Mapping[str, Any]) -> Reply:
    """The reply that ``to_stored`` wrote, in this or an earlier version: a missing field takes its default.

    Raises ValueError for a type that this version does not know.
    """
    match stored["type"]:
        case "menu":
            choices = tuple(Choice(id=item["id"], label=item["label"]) for item in stored["choices"])
            return MenuReply(head=stored["head"], choices=choices, tail=stored["tail"])
        case "coded":
            inner = from_stored(stored["reply"])
            if not isinstance(inner, TextReply | MenuReply):
                raise ValueError(f"a code cannot say {stored['reply']['type']!r}")  # noqa: TRY004 - it is stored so
            expires_at = datetime.fromtimestamp(stored["expires_at"], UTC)
            return CodedReply(code=EventCode(code=stored["code"], expires_at=expires_at), reply=inner)
        case name if name in _FLAT:
            fields = {key: value for key, value in stored.items() if key != "type"}
            return cast("Reply", _FLAT[name](**fields))
        case unknown:
            raise ValueError(f"unknown stored reply type {unknown!r}")
