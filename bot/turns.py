"""What a turn is, from claim to commit, and the rows that its commit writes: values, no I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.after_sales_openings import Opening
from bot.answers import Answer, Passive
from conversations.address import Address, ConversationId
from conversations.consents import ConsentChange
from conversations.conversation import Context, Conversation
from conversations.errands import Errand
from conversations.facts import Fact
from conversations.inbound import MessageKey, SendFailed
from conversations.ownership import Owner, Ownership
from conversations.questions import AskedQuestion
from conversations.ratings import Rating
from conversations.replies import ReplyKind
from customers.events.event import CustomerEvent
from escalation.cases import Case
from escalation.service import Service
from storage.outbox import OutboxDraft

LEFT_TO_PERSON = "left_to_person"
"""Marks what was heard while people had the conversation; answered after all when none of them ever came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One message and the right to answer it until ``until_ms``. ``behind`` messages wait after it in the line."""

    inbox_id: int
    key: MessageKey
    body: Mapping[str, Any]
    conversation: Conversation
    lease: str
    until_ms: int
    attempts: int
    received_ms: int
    behind: int

    @property
    def conversation_id(self) -> ConversationId:
        return self.conversation.address.conversation_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One thing to say, ready to store."""

    kind: ReplyKind
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Tells somebody else of the turn's case: a stored reply for another conversation."""

    address: Address
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a turn decided. ``passive_body`` is the first speech as a passive answer, where it can be one.

    ``event``: what the customer did, for what is known of them. ``author`` is whom the transcript names for what was
    heard; ``service``: a person is wanted at our desk; ``failure`` reports an earlier reply as not arrived.
    """

    claimed: Claimed
    speeches: tuple[Speech, ...] = ()
    passive_body: str | None = None
    context: Context | None = None
    ownership: Ownership | None = None
    case: Case | None = None
    service: Service | None = None
    cards: tuple[Card, ...] = ()
    facts: tuple[Fact, ...] = ()
    question: AskedQuestion | None = None
    errands: tuple[Errand, ...] = ()
    after_sales: tuple[Opening, ...] = ()
    consents: tuple[ConsentChange, ...] = ()
    withdraws_case: bool = False
    rating: Rating | None = None
    event: CustomerEvent | None = None
    transcript: str = ""
    author: str = "customer"
    failure: SendFailed | None = None
    dead: str | None = None
    left_to_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """``answer`` is how the callback is answered. ``to_deliver`` says that the delivery has something to do."""

    answer: Answer
    to_deliver: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    item: Finished
    ownership: Ownership
    answer: Answer
    offered_until_ms: int
    decided: str | None

    @property
    def passive(self) -> bool:
        return isinstance(self.answer, Passive)

    @property
    def committed(self) -> Committed:
        by_api = len(self.item.speeches) + len(self.item.cards) - (1 if self.passive else 0)
        return Committed(answer=self.answer, to_deliver=by_api > 0)

    def _key(self, number: int, now: int) -> str:
        """Unique for what this turn says. A dead message may be replayed, so its apology must not take its keys."""
        key = self.item.claimed.key
        return f"{key}:dead{now}:{number}" if self.item.dead else f"{key}:{number}"

    def drafts(self, now: int) -> list[OutboxDraft]:
        claimed = self.item.claimed
        drafts = []
        for number, speech in enumerate(self.item.speeches):
            passive = self.passive and number == 0
            drafts.append(
                OutboxDraft(
                    key=self._key(number, now),
                    conversation_id=claimed.conversation_id,
                    epoch=self._epoch_of(speech.kind),
                    kind=speech.kind,
                    body=speech.body,
                    created_ms=now,
                    inbox_id=claimed.inbox_id if passive else None,
                    offered_until_ms=self.offered_until_ms if passive else None,
                )
            )
        return drafts

    def _epoch_of(self, kind: ReplyKind) -> int:
        """A transition speaks for the new owner. So does chat where that is the bot again, which the customer has just
        called back; else chat and notices speak for the owner under whom the turn began.
        """
        if kind is ReplyKind.TRANSITION or self.ownership.owner is Owner.BOT:
            return self.ownership.epoch
        return self.item.claimed.conversation.ownership.epoch

    def card_drafts(self, now: int) -> list[tuple[Address, OutboxDraft]]:
        """What others are told of the case: a notice in each of their conversations, once for a case."""
        case = self.item.case
        if case is None:
            return []
        return [
            (
                card.address,
                OutboxDraft(
                    key=f"{case.key}:card:{card.address.peer}",
                    conversation_id=card.address.conversation_id,
                    epoch=0,
                    kind=ReplyKind.NOTICE,
                    body=card.body,
                    created_ms=now,
                ),
            )
            for card in self.item.cards
        ]

    def inbox_row(self) -> dict[str, Any]:
        passive = self.answer if isinstance(self.answer, Passive) else None
        return {
            "row_id": self.item.claimed.inbox_id,
            "new_state": "dead" if self.item.dead else "done",
            "new_error": LEFT_TO_PERSON if self.item.left_to_person else self.item.dead,
            "new_answer": self.decided or ("passive" if passive else "active"),
            "new_body": passive.body if passive else None,
        }

    def conversation_row(self) -> dict[str, Any]:
        claimed = self.item.claimed
        context = self.item.context or claimed.conversation.context
        return {
            "row_id": claimed.conversation_id,
            "new_context": json.dumps(context.to_stored(), ensure_ascii=False),
            "new_owner": self.ownership.owner,
            "new_agent": self.ownership.agent,
            "new_epoch": self.ownership.epoch,
        }

    def message_rows(self, now: int) -> list[dict[str, Any]]:
        claimed = self.item.claimed
        shared = {"conversation_id": claimed.conversation_id, "at_ms": now}
        rows = [
            {
                **shared,
                "key": claimed.key,
                "author": self.item.author,
                "body": self.item.transcript,
                "at_ms": claimed.received_ms,
            }
        ]
        for number, speech in enumerate(self.item.speeches):
            body = json.dumps(speech.body, ensure_ascii=False)
            rows.append({**shared, "key": self._key(number, now), "author": "bot", "body": body})
        return rows

    def fact_rows(self, now: int) -> list[dict[str, Any]]:
        return [
            {
                "key": self._key(number, now),
                "name": fact.name,
                "conversation_id": self.item.claimed.conversation_id,
                "details": json.dumps(dict(fact.details), ensure_ascii=False),
                "at_ms": now,
            }
            for number, fact in enumerate(self.item.facts)
        ]
