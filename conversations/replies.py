"""What we can say: typed replies, and their one stored form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
class TransferReply:
    """Hands the session to the platform's own agents (公众号 transfer_customer_service)."""

    agent: str | None = None


Reply = TextReply | ImageReply | MenuReply | TransferReply


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
        case TransferReply():
            return {"type": "transfer", "agent": reply.agent}
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
        case "transfer":
            return TransferReply(agent=stored["agent"])
        case unknown:
            raise ValueError(f"unknown stored reply type {unknown!r}")
