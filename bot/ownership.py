"""A person's claim to a conversation: granted only when nobody is speaking in it. See ``docs/decisions/0004``."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.ownership import Owner, Ownership, to_agent, to_bot
from storage.database import Database
from storage.schema import conversations
from storage.times import now_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    ownership: Ownership


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Somebody is speaking right now; ask again after ``milliseconds`` (never more than a send lease)."""

    milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Another agent already owns the conversation."""

    by: str


async def claim_conversation(
    database: Database, conversation_id: ConversationId, agent: str
) -> Granted | Busy | Taken:
    """After ``Granted`` no chat of the bot starts in this conversation until it is given back.

    Idempotent for the agent who already owns it. Raises KeyError for an unknown conversation.
    """
    async with database.writing() as connection:
        ownership, send_until_ms = await _read(connection, conversation_id)
        if ownership.owner is Owner.AGENT and ownership.agent is not None:
            return Granted(ownership=ownership) if ownership.agent == agent else Taken(by=ownership.agent)
        remaining = send_until_ms - now_ms()
        if remaining > 0:
            return Busy(milliseconds=remaining)
        granted = to_agent(ownership, agent)
        await _write(connection, conversation_id, granted)
        return Granted(ownership=granted)


async def give_back(database: Database, conversation_id: ConversationId) -> Ownership:
    """The person is done. Raises KeyError for an unknown conversation."""
    async with database.writing() as connection:
        ownership, _ = await _read(connection, conversation_id)
        if ownership.owner is Owner.BOT:
            return ownership
        returned = to_bot(ownership)
        await _write(connection, conversation_id, returned)
        return returned


async def _read(connection: AsyncConnection, conversation_id: ConversationId) -> tuple[Ownership, int]:
    query = (
        select(
            conversations.c.owner,
            conversations.c.agent,
            conversations.c.epoch,
            conversations.c.send_until_ms,
        )
        .where(conversations.c.id == conversation_id)
        .with_for_update()
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise KeyError(conversation_id)
    return Ownership(owner=Owner(row.owner), agent=row.agent, epoch=row.epoch), row.send_until_ms


async def _write(connection: AsyncConnection, conversation_id: ConversationId, ownership: Ownership) -> None:
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(owner=ownership.owner, agent=ownership.agent, epoch=ownership.epoch)
    )
