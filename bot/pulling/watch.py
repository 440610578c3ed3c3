"""Looks at the 微信客服 sessions that people have: the platform tells nobody when it ends one by itself.

Only changes that people make are reported (WeCom 94670 session_status_change). A session that ran out in the pool would
otherwise leave its customer with nobody: the bot silent, and no person either.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog
from sqlalchemy import and_, bindparam, delete, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.turns import LEFT_TO_PERSON
from channels.kefu.client import Failure
from channels.kefu.desk import Session
from channels.kefu.sessions import Sessions
from channels.kefu.states import Told, held_by
from conversations.address import Address, ConversationId
from conversations.clock import Clock
from conversations.ownership import Owner, Ownership, to_agent, to_bot, to_queue
from storage.database import Database
from storage.schema import conversations, facts, has_people, inbox, kefu_sessions, messages
from storage.times import now_ms, to_ms

log = structlog.get_logger()

LOOK_SECONDS = 5.0
IN_POOL = timedelta(seconds=30)
SERVED = timedelta(minutes=5)
_AT_ONCE = 20
_STILL_ASKED_MS = 48 * 3600 * 1000
"""How long the platform lets us answer a message (WeCom 94677)."""
_LEFT_FACT = "message.left_to_person"

_checked = func.coalesce(kefu_sessions.c.checked_ms, 0)
_DUE = (
    select(conversations.c.id, conversations.c.epoch)
    .outerjoin(kefu_sessions, kefu_sessions.c.conversation_id == conversations.c.id)
    .where(has_people(conversations), conversations.c.channel == "kefu")
    .where(
        or_(
            and_(conversations.c.owner == Owner.QUEUE, _checked <= bindparam("pool_ms")),
            and_(conversations.c.owner == Owner.AGENT, _checked <= bindparam("served_ms")),
        )
    )
    .order_by(_checked)
    .limit(_AT_ONCE)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A conversation that people have by what we know."""

    address: Address
    epoch: int


class States(Protocol):
    """The platform's side: what a session's state is."""

    async def service_state(self, to: Address, *, seconds: float | None = None) -> Session | Failure: ...


class SessionWatch:
    def __init__(self, database: Database, states: States, sessions: Sessions, clock: Clock) -> None:
        self._database = database
        self._states = states
        self._sessions = sessions
        self._clock = clock

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            try:
                await self.look()
            except SQLAlchemyError as error:
                log.warning("kefu.watch_failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> int:
        """Asks about each session that is due; returns how many conversations changed hands."""
        now = self._clock.now()
        limits = {"pool_ms": to_ms(now - IN_POOL), "served_ms": to_ms(now - SERVED)}
        async with self._database.reading() as connection:
            rows = (await connection.execute(_DUE, limits)).all()
        changed = 0
        for held in [Held(address=Address.parse(row.id), epoch=row.epoch) for row in rows]:
            changed += await self._ask(held)
        return changed

    async def _ask(self, held: Held) -> bool:
        answer = await self._states.service_state(held.address)
        if not isinstance(answer, Session):
            log.info("kefu.watch_unanswered", reason=answer.reason)
            # Asked again in its time: one that never answers must not keep the others from being asked.
            await self._sessions.learn(held.address, Told(state=None))
            return False
        # Remembered either way, so that other processes do not ask the same again.
        await self._sessions.learn(held.address, Told(state=answer.state, servicer=answer.servicer))
        return await self._settle(held, answer)

    async def _settle(self, held: Held, session: Session) -> bool:
        """Writes the owner that the platform told, unless the conversation has moved on meanwhile."""
        conversation_id = held.address.conversation_id
        query = select(conversations.c.owner, conversations.c.agent, conversations.c.epoch).where(
            conversations.c.id == conversation_id
        )
        async with self._database.writing() as connection:
            row = (await connection.execute(query.with_for_update())).one()
            before = Ownership(owner=Owner(row.owner), agent=row.agent, epoch=row.epoch)
            after = owner_of(session, before)
            if before.epoch != held.epoch or after == before:
                return False
            await connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id)
                .values(owner=after.owner, agent=after.agent, epoch=after.epoch)
            )
            if before.owner is Owner.QUEUE and after.owner is Owner.BOT:
                await _answer_after_all(connection, conversation_id)
        log.info("kefu.session_moved", conversation=conversation_id, owner=after.owner)
        return True


async def _answer_after_all(connection: AsyncConnection, conversation_id: ConversationId) -> None:
    """Nobody came out of the pool: what the customer wrote there is thought about again, and is left to nobody.

    Only what stands after everybody else's last word: an older message was left to people who came, or is overtaken.
    """
    now = now_ms()
    last_word = (
        select(func.coalesce(func.max(messages.c.id), 0))
        .where(messages.c.conversation_id == conversation_id, messages.c.author != "customer")
        .scalar_subquery()
    )
    left = (
        select(inbox.c.key)
        .join(messages, messages.c.key == inbox.c.key)
        .where(
            inbox.c.conversation_id == conversation_id,
            inbox.c.state == "done",
            inbox.c.error == LEFT_TO_PERSON,
            inbox.c.received_ms > now - _STILL_ASKED_MS,
            messages.c.id > last_word,
        )
    )
    keys = (await connection.execute(left)).scalars().all()
    if not keys:
        return
    await connection.execute(
        delete(facts).where(facts.c.key.in_([f"{key}:0" for key in keys]), facts.c.name == _LEFT_FACT)
    )
    await connection.execute(
        update(inbox).where(inbox.c.key.in_(keys)).values(state="waiting", attempts=0, due_ms=now, error=None)
    )


def owner_of(session: Session, now: Ownership) -> Ownership:
    """The ownership that a session's state means; ``now`` itself when that is what we know already. Pure."""
    match held_by(session.state):
        case Owner.QUEUE:
            return now if now.owner is Owner.QUEUE else to_queue(now)
        case Owner.AGENT if session.servicer is not None:
            return now if now.agent == session.servicer else to_agent(now, session.servicer)
        case Owner.AGENT:
            return now
        case _:
            return now if now.owner is Owner.BOT else to_bot(now)
