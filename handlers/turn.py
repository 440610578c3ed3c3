"""What a handler is given, and what a handler is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from conversations.conversation import Context, Conversation
from conversations.inbound import Inbound
from conversations.outcomes import Outcome
from customers.profile.profile import Profile
from intents.understanding import Understanding
from knowledge_base.decision import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message to be answered. ``text`` is what was typed, or said and recognised; empty for an event.

    ``now`` is the business time, aware. ``verdict``: what the knowledge base says to it, by index ``version``, where
    it was asked before. ``again``: this message was thought about before, and that did not come to an end.
    ``profile``: what is known of the customer; None of somebody who has none yet.
    """

    conversation: Conversation
    inbound: Inbound
    text: str
    understanding: Understanding
    now: datetime
    verdict: Verdict | None = None
    version: str | None = None
    again: bool = False
    profile: Profile | None = None


Handler = Callable[[Turn], Awaitable[Outcome]]


def settled(context: Context, *, awaiting: str | None = None) -> Context:
    """The context after a message that was understood: no misses, nothing offered any more."""
    return replace(context, offered=(), misses=0, awaiting=awaiting)
