"""A case: somebody in this conversation needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from conversations.address import ConversationId
from conversations.inbound import MessageKey
from conversations.outcomes import HandOver, HandOverReason

CaseKey = NewType("CaseKey", str)
"""Unique for ever: made from the key of the message that led to the case."""


class CaseState(StrEnum):
    """Values are stored; never rename them."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``summary`` is what an agent reads first: the customer's last words. ``opened_at`` is aware."""

    key: CaseKey
    conversation_id: ConversationId
    reason: HandOverReason
    summary: str
    opened_at: datetime
    state: CaseState = CaseState.OPEN

    def __post_init__(self) -> None:
        if self.opened_at.tzinfo is None:
            raise ValueError("opened_at must be timezone-aware")


def open_case(
    hand_over: HandOver, *, message: MessageKey, conversation_id: ConversationId, now: datetime
) -> Case:
    """The case that a turn opens: always the same one for a message, however often the turn runs."""
    return Case(
        key=CaseKey(f"{message}:case"),
        conversation_id=conversation_id,
        reason=hand_over.reason,
        summary=hand_over.summary,
        opened_at=now,
    )
