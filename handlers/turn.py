"""What a handler is given, and what a handler is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from conversations.conversation import Context, Conversation
from conversations.inbound import Inbound
from conversations.outcomes import Outcome
from intents.understanding import Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message to be answered. ``text`` is what was typed, or said and recognised; empty for an event.

    ``now`` is the business time, aware.
    """

    conversation: Conversation
    inbound: Inbound
    text: str
    understanding: Understanding
    now: datetime


Handler = Callable[[Turn], Awaitable[Outcome]]


def settled(context: Context, *, awaiting: str | None = None) -> Context:
    """The context after a message that was understood: no misses, nothing offered any more."""
    return replace(context, offered=(), misses=0, awaiting=awaiting)
