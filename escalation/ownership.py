"""The ownership of a conversation in SQL: held, changed, and claimed only when nobody is speaking.

See ``docs/decisions/0004``. Whoever changes the owner holds the conversation's row before anything else.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.ownership import Owner, Ownership, to_agent
from storage.schema import conversations


class Unknown(LookupError):
    """There is no such conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The row as it is until the transaction ends. ``send_until_ms``: somebody may be speaking until then (real)."""

    ownership: Ownership
    send_until_ms: int


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


async def hold(connection: AsyncConnection, conversation_id: ConversationId) -> Held:
    """Raises Unknown."""
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
        raise Unknown(conversation_id)
    ownership = Ownership(owner=Owner(row.owner), agent=row.agent, epoch=row.epoch)
    return Held(ownership=ownership, send_until_ms=row.send_until_ms)


async def change(connection: AsyncConnection, conversation_id: ConversationId, ownership: Ownership) -> None:
    """Of a conversation that this transaction holds."""
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(owner=ownership.owner, agent=ownership.agent, epoch=ownership.epoch)
    )


async def claim(
    connection: AsyncConnection, conversation_id: ConversationId, agent: str, *, real_ms: int
) -> Granted | Busy | Taken:
    """After ``Granted`` no chat of the bot starts in this conversation until it is given back.

    Idempotent for the agent who already owns it. ``real_ms``: now, in real time. Raises Unknown.
    """
    held = await hold(connection, conversation_id)
    now = held.ownership
    if now.owner is Owner.AGENT and now.agent is not None:
        return Granted(ownership=now) if now.agent == agent else Taken(by=now.agent)
    remaining = held.send_until_ms - real_ms
    if remaining > 0:
        return Busy(milliseconds=remaining)
    granted = to_agent(now, agent)
    await change(connection, conversation_id, granted)
    return Granted(ownership=granted)
