"""Who answers a message: the one place where that is decided. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.conversation import Conversation
from conversations.inbound import (
    Card,
    Content,
    File,
    Followed,
    Image,
    Inbound,
    Link,
    Location,
    MenuClicked,
    Text,
    Trigger,
    Unfollowed,
    Unrecognised,
    Video,
    Voice,
)
from handlers.choice import chosen_index
from intents.understanding import FAQ, Understanding

SURE_ENOUGH = 0.6
"""Confidence from which an intent is believed; below it the knowledge base is asked."""

HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHandler:
    """The handler of ``intent`` answers."""

    intent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveToPerson:
    """A person owns this conversation, or is about to: the bot keeps quiet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """We cannot read this kind of message and should say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseOffered:
    """The customer picked from what was offered. ``index`` counts from 0 and may be out of range."""

    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """Nothing to say and nothing to change."""


Step = RunHandler | LeaveToPerson | Unsupported | ChooseOffered | Ignore


def spoken_text(content: Content) -> str | None:
    """What was typed, or said and recognised by the platform; None when there are no words to understand."""
    match content:
        case Text():
            return content.text
        case Voice():
            return (content.recognition or "").strip() or None
        case _:
            return None


def next_step(conversation: Conversation, inbound: Inbound, understanding: Understanding | None) -> Step:
    """The step for this message. ``understanding`` is needed exactly when ``spoken_text`` is not None."""
    match inbound.content:
        case Unfollowed():
            return RunHandler(intent="unfollowed")
        case Followed():
            step: Step = RunHandler(intent="followed")
        case MenuClicked():
            step = RunHandler(intent="menu")
        case Text() | Voice() | Image() | Video() | Location() | Link() | File() | Card():
            step = _message_step(conversation, inbound.content, understanding)
        case Unrecognised() if inbound.trigger is Trigger.MESSAGE:
            step = Unsupported()
        case _:
            return Ignore()
    return step if conversation.ownership.bot_may_speak else LeaveToPerson()


def _message_step(conversation: Conversation, content: Content, understanding: Understanding | None) -> Step:
    text = spoken_text(content)
    if text is None or understanding is None:
        return Unsupported()
    sure = understanding.confidence >= SURE_ENOUGH
    if sure and understanding.intent == HAND_OVER:
        return RunHandler(intent=HAND_OVER)
    context = conversation.context
    index = chosen_index(text, _menu_id(content), context.offered)
    if index is not None:
        return ChooseOffered(index=index)
    if context.awaiting is not None and understanding.entities:
        return RunHandler(intent=context.awaiting)
    return RunHandler(intent=understanding.intent if sure else FAQ)


def _menu_id(content: Content) -> str | None:
    return content.menu_id if isinstance(content, Text) else None
