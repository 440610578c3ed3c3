"""A customer who waits for a person writes: they hear where they stand, or go on with the bot. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from conversations.facts import Fact
from conversations.outcomes import Outcome, Say
from conversations.replies import TextReply
from handlers.turn import Turn

TOLD_EVERY = timedelta(minutes=2)
"""Somebody who writes in several messages is not told after each of them; replies are scarce."""

HOW_TO_LEAVE = "不想等了，回复“不用人工”就行。"


def is_due(told_at: datetime | None, now: datetime) -> bool:
    """Whether the place may be told (again)."""
    return told_at is None or now - told_at >= TOLD_EVERY


def told(turn: Turn, place: str) -> Outcome:
    """``place``: where the customer stands, as they read it."""
    return Outcome(
        says=(Say(reply=TextReply(text=place + HOW_TO_LEAVE)),),
        context=replace(turn.conversation.context, place_told_at=turn.now),
        facts=(Fact(name="queue.told"),),
    )
