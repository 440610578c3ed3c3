"""Cases in memory, by the same rules as in SQL, and members of the shop who talk about them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from conversations.address import Address, Channel, ConversationId
from conversations.conversation import Context, Conversation
from conversations.inbound import Content, Inbound, MessageKey, Text, Trigger
from conversations.outcomes import HandOverReason
from escalation.cases import Case, CaseKey, CaseState, closed, taken
from escalation.store import OpenCases
from handlers.turn import Turn
from intents.understanding import FAQ, Understanding
from tests.unit.handlers.turns import NOW

ZHANG = Address(channel=Channel.WECOM, account="1000002", peer="zhang")
LI_IN_A_GROUP = Address(channel=Channel.AIBOT, account="AIB", peer="wrGROUP/li")


def case(name: str, *, minutes: int = 0, summary: str = "荔枝坏了", channel: str = "kefu:wk1") -> Case:
    """A case that has been open for ``minutes`` at noon."""
    return Case(
        key=CaseKey(f"{name}:case"),
        conversation_id=ConversationId(f"{channel}:wm_{name}"),
        reason=HandOverReason.ASKED_FOR,
        summary=summary,
        opened_at=NOW - timedelta(minutes=minutes),
    )


@dataclass
class MemoryCases:
    cases: dict[CaseKey, Case] = field(default_factory=dict)

    @classmethod
    def of(cls, *given: Case) -> MemoryCases:
        return cls({one.key: one for one in given})

    async def waiting(self, limit: int) -> OpenCases:
        waiting = sorted(
            (one for one in self.cases.values() if one.state is CaseState.OPEN), key=lambda c: c.opened_at
        )
        return OpenCases(count=len(waiting), first=tuple(waiting[:limit]))

    async def taken_by(self, member: str, limit: int) -> tuple[Case, ...]:
        theirs = [c for c in self.cases.values() if c.state is CaseState.TAKEN and c.taken_by == member]
        return tuple(theirs[:limit])

    async def take(self, key: CaseKey, member: str, now: datetime) -> Case | None:
        if key not in self.cases:
            return None
        self.cases[key] = taken(self.cases[key], member, now)
        return self.cases[key]

    async def close(self, key: CaseKey, member: str, now: datetime) -> Case | None:
        if key not in self.cases:
            return None
        self.cases[key] = closed(self.cases[key], member, now)
        return self.cases[key]


def staff_turn(
    text: str = "",
    *,
    who: Address = ZHANG,
    content: Content | None = None,
    context: Context | None = None,
    trigger: Trigger | None = Trigger.MESSAGE,
) -> Turn:
    return Turn(
        conversation=Conversation(address=who, context=context or Context()),
        inbound=Inbound(
            key=MessageKey("k1"),
            address=who,
            content=content or Text(text=text),
            sent_at=NOW,
            trigger=trigger,
        ),
        text=text,
        understanding=Understanding(intent=FAQ, confidence=0.0),
        now=NOW,
    )


def after(turn: Turn, context: Context | None, text: str) -> Turn:
    """The member's next message."""
    assert context is not None
    conversation = replace(turn.conversation, context=context)
    return replace(
        turn, conversation=conversation, text=text, inbound=replace(turn.inbound, content=Text(text=text))
    )
