"""A case: somebody in this conversation needs a person. Open, then taken by one member, then closed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    TAKEN = "taken"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``summary`` is what an agent reads first: the customer's last words. Times are aware.

    ``taken_by`` looks after the case since ``taken_at``; ``closed_by`` ended it. A case may be closed untaken.
    """

    key: CaseKey
    conversation_id: ConversationId
    reason: HandOverReason
    summary: str
    opened_at: datetime
    state: CaseState = CaseState.OPEN
    taken_by: str | None = None
    taken_at: datetime | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("opened_at", "taken_at", "closed_at"):
            time = getattr(self, name)
            if time is not None and time.tzinfo is None:
                raise ValueError(f"{name} must be timezone-aware")
        if (self.taken_by is None) != (self.taken_at is None):
            raise ValueError("who took a case and when are known together")
        if self.state is CaseState.TAKEN and self.taken_by is None:
            raise ValueError("a taken case names who took it")


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


def taken(case: Case, member: str, now: datetime) -> Case:
    """The case after ``member`` took it. Whoever comes second changes nothing, and neither does a repetition."""
    if case.state is not CaseState.OPEN:
        return case
    return replace(case, state=CaseState.TAKEN, taken_by=member, taken_at=now)


def closed(case: Case, member: str, now: datetime) -> Case:
    """The case after ``member`` closed it: only who took it may, and one that nobody took anybody may."""
    if case.state is CaseState.CLOSED or case.taken_by not in (None, member):
        return case
    return replace(case, state=CaseState.CLOSED, closed_by=member, closed_at=now)
