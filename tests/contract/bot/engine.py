"""The stores together, and the few steps that every test of them takes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.sql.expression import FromClause

from bot.delivery_store import DeliveryStore
from bot.dispatch import Dispatch, Record
from bot.inbox import Accepted, Arrival, Inbox
from bot.turn_store import TurnStore
from bot.turns import Claimed, Committed, Finished, Speech
from channels.limits import OFFICIAL_LIMITS, ReplyLimits
from channels.outcomes import SendOutcome
from conversations.address import Address, Channel, ConversationId
from conversations.clock import ManualClock
from conversations.inbound import Inbound, MessageKey, Trigger
from conversations.ownership import Ownership, to_bot
from conversations.replies import Reply, ReplyKind
from escalation import ownership
from escalation.ownership import Busy, Granted, Taken
from storage.database import Database
from storage.outbox import OutboxState
from storage.schema import conversations, outbox
from storage.times import now_ms, to_ms

_numbers = itertools.count(1)


def address(peer: str = "wang") -> Address:
    return Address(channel=Channel.OFFICIAL, account="gh_shop", peer=peer)


async def claim_conversation(
    database: Database, conversation_id: ConversationId, agent: str
) -> Granted | Busy | Taken:
    async with database.writing() as connection:
        return await ownership.claim(connection, conversation_id, agent, real_ms=now_ms())


async def give_back(database: Database, conversation_id: ConversationId) -> Ownership:
    async with database.writing() as connection:
        held = await ownership.hold(connection, conversation_id)
        returned = to_bot(held.ownership)
        await ownership.change(connection, conversation_id, returned)
        return returned


def text(words: str, kind: ReplyKind = ReplyKind.CHAT) -> Speech:
    return Speech(kind=kind, body={"type": "text", "text": words})


@dataclass(frozen=True, slots=True, kw_only=True)
class FakePort:
    """A channel with the 公众号's limits that nothing is ever sent on."""

    limits: ReplyLimits = OFFICIAL_LIMITS
    idempotent: bool = False
    hands_over: bool = False
    sends_here: bool = True

    def read(self, body: Mapping[str, object], key: MessageKey) -> Inbound:
        raise NotImplementedError

    def render_passive(self, reply: Reply, to: Address, at: datetime) -> str | None:
        return None

    async def send(self, reply: Reply, to: Address, *, key: str) -> SendOutcome:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    database: Database
    inbox: Inbox
    turns: TurnStore
    other_turns: TurnStore
    deliveries: DeliveryStore
    clock: ManualClock

    async def arrives(
        self,
        peer: str = "wang",
        *,
        key: str | None = None,
        wait_ms: int = 1_500,
        trigger: Trigger | None = Trigger.MESSAGE,
    ) -> Accepted:
        now = now_ms()
        return await self.inbox.accept(
            Arrival(
                key=MessageKey(key or f"k{next(_numbers)}"),
                address=address(peer),
                body={"Content": "你好"},
                trigger=trigger,
                triggered_ms=to_ms(self.clock.now()),
                received_ms=now,
                decide_by_ms=now + wait_ms,
            )
        )

    async def claim_one(self) -> Claimed:
        (claimed,) = await self.turns.claim(1)
        return claimed

    async def answers(
        self, claimed: Claimed, *words: str, passive: bool = False, kind: ReplyKind = ReplyKind.CHAT
    ) -> Committed | None:
        return await self.turns.commit(
            Finished(
                claimed=claimed,
                speeches=tuple(text(word, kind) for word in words),
                passive_body=f"<xml>{words[0]}</xml>" if passive else None,
                transcript="{}",
            )
        )

    async def dispatch_one(self) -> Dispatch:
        (dispatch,), _ = await self.deliveries.claim(10)
        return dispatch

    async def sent(self, dispatch: Dispatch) -> None:
        await self.deliveries.record(Record(dispatch=dispatch, state=OutboxState.SENT, outcome="sent"))

    async def lapse_leases(self) -> None:
        """As if the process that held them had died a while ago."""
        async with self.database.writing() as connection:
            await connection.execute(update(conversations).values(turn_until_ms=0, send_until_ms=0))

    async def make_due(self) -> None:
        """As if the waiting times in the outbox were over."""
        async with self.database.writing() as connection:
            await connection.execute(update(outbox).where(outbox.c.state != "deferred").values(due_ms=0))

    async def rows(self, table: FromClause) -> list[Any]:
        async with self.database.reading() as connection:
            return list(await connection.execute(select(table).order_by(*table.primary_key)))

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows(outbox)]
