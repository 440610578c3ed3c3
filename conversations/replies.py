"""What we can say: typed replies, and their one stored form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, assert_never


class ReplyKind(StrEnum):
    """Why something is said, which decides what happens when the conversation changes hands.

    CHAT of the bot is withheld once somebody else owns the conversation; TRANSITION belongs to the new owner's
    epoch ("正在为您转接"); NOTICE (refund, prize) waits or is shown to the person who owns the conversation.
    """

    CHAT = "chat"
    TRANSITION = "transition"
    NOTICE = "notice"


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


def to_stored(reply: Reply) -> dict[str, Any]:
    """The JSON form kept in the outbox."""
    match reply:
        case TextReply():
            return {"type": "text", "text": reply.text}
        case ImageReply():
            return {"type": "image", "media_id": reply.media_id}
        case MenuReply():
            choices = [{"id": choice.id, "label": choice.label} for choice in reply.choices]
            return {"type": "menu", "head": reply.head, "choices": choices, "tail": reply.tail}
        case LinkReply():
            return {
                "type": "link",
                "title": reply.title,
                "url": reply.url,
                "description": reply.description,
                "thumb_media_id": reply.thumb_media_id,
            }
        case MiniProgramReply():
            return {
                "type": "miniprogram",
                "app_id": reply.app_id,
                "page": reply.page,
                "title": reply.title,
                "thumb_media_id": reply.thumb_media_id,
            }
        case LocationReply():
            return {
                "type": "location",
                "name": reply.name,
                "address": reply.address,
                "latitude": reply.latitude,
                "longitude": reply.longitude,
            }
        case CardReply():
            return {"type": "card", "task_id": reply.task_id, "card": dict(reply.card)}
        case CardUpdate():
            return {"type": "card_update", "response_code": reply.response_code, "button": reply.button}
        case TransferReply():
            return {
                "type": "transfer",
                "agent": reply.agent,
                "connecting": reply.connecting,
                "nobody": reply.nobody,
            }
        case CodedReply():
            return {
                "type": "coded",
                "code": reply.code.code,
                "expires_at": reply.code.expires_at.timestamp(),
                "reply": to_stored(reply.reply),
            }
        case _:
            assert_never(reply)


def from_stored(stored: Mapping[str, Any]) -> Reply:
    """The reply that ``to_stored`` wrote. Raises ValueError for a type that this version does not know."""
    match stored["type"]:
        case "text":
            return TextReply(text=stored["text"])
        case "image":
            return ImageReply(media_id=stored["media_id"])
        case "menu":
            choices = tuple(Choice(id=item["id"], label=item["label"]) for item in stored["choices"])
            return MenuReply(head=stored["head"], choices=choices, tail=stored["tail"])
        case "link":
            return LinkReply(
                title=stored["title"],
                url=stored["url"],
                description=stored["description"],
                thumb_media_id=stored["thumb_media_id"],
            )
        case "miniprogram":
            return MiniProgramReply(
                app_id=stored["app_id"],
                page=stored["page"],
                title=stored["title"],
                thumb_media_id=stored["thumb_media_id"],
            )
        case "location":
            return LocationReply(
                name=stored["name"],
                address=stored["address"],
                latitude=stored["latitude"],
                longitude=stored["longitude"],
            )
        case "card":
            return CardReply(task_id=stored["task_id"], card=stored["card"])
        case "card_update":
            return CardUpdate(response_code=stored["response_code"], button=stored["button"])
        case "transfer":
            return TransferReply(
                agent=stored["agent"],
                connecting=stored.get("connecting", ""),
                nobody=stored.get("nobody", ""),
            )
        case "coded":
            inner = from_stored(stored["reply"])
            if not isinstance(inner, TextReply | MenuReply):
                raise ValueError("a coded reply holds a text or a menu")
            expires_at = datetime.fromtimestamp(stored["expires_at"], UTC)
            return CodedReply(code=EventCode(code=stored["code"], expires_at=expires_at), reply=inner)
        case unknown:
            raise ValueError(f"unknown stored reply type {unknown!r}")
