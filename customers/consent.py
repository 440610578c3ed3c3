"""What a customer agreed to: kept with the turn that heard it, and asked for by whoever sends.

A consent is of a conversation: one person at one account. Until somebody changes it, nothing was said either way, and
the purpose decides what that means to a sender.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.consents import ConsentChange, Purpose
from conversations.inbound import MessageKey
from storage.conflicts import insert_or_ignore
from storage.consents_schema import consents
from storage.times import from_ms, to_ms

_AT_ONCE = 500
"""Conversations asked about in one statement; databases bound how many values one may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """How things stand for one purpose. ``source``: the message that said so; ``at``: when that was decided, aware."""

    conversation_id: ConversationId
    purpose: Purpose
    granted: bool
    at: datetime
    source: MessageKey


async def record(
    connection: AsyncConnection,
    conversation_id: ConversationId,
    source: MessageKey,
    changes: Sequence[ConsentChange],
    at: datetime,
) -> None:
    """Writes what one message changed, in the caller's transaction; a second time changes nothing.

    The changes of a conversation have to be written in the order in which they were made: the last one counts.
    """
    rows = [
        {
            "key": f"{source}{_KEY_ENDS}{change.purpose.value}",
            "conversation_id": conversation_id,
            "purpose": change.purpose.value,
            "granted": int(change.granted),
            "at_ms": to_ms(at),
        }
        for change in changes
    ]
    if rows:
        await connection.execute(insert_or_ignore(connection, consents, "key"), rows)


async def current(
    connection: AsyncConnection, conversation_id: ConversationId, purpose: Purpose
) -> Consent | None:
    """How it stands; None where nothing was ever said."""
    mine = select(consents).where(
        consents.c.conversation_id == conversation_id, consents.c.purpose == purpose.value
    )
    rows = await connection.execute(mine.order_by(consents.c.id.desc()).limit(1))
    row = rows.mappings().one_or_none()
    return None if row is None else _from_row(row)


async def without_withdrawn(
    connection: AsyncConnection, conversation_ids: Iterable[ConversationId], purpose: Purpose
) -> list[ConversationId]:
    """Those of the conversations, in their order, in which the consent has not been withdrawn. For every sender."""
    wanted = list(conversation_ids)
    withdrawn: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        withdrawn |= await _withdrawn(connection, wanted[start : start + _AT_ONCE], purpose)
    return [each for each in wanted if each not in withdrawn]


async def _withdrawn(
    connection: AsyncConnection, conversation_ids: Sequence[ConversationId], purpose: Purpose
) -> set[str]:
    last = (
        select(func.max(consents.c.id))
        .where(consents.c.conversation_id.in_(conversation_ids), consents.c.purpose == purpose.value)
        .group_by(consents.c.conversation_id)
    )
    query = select(consents.c.conversation_id).where(consents.c.id.in_(last), consents.c.granted == 0)
    return set((await connection.execute(query)).scalars())


_KEY_ENDS = ":consent:"


def _from_row(row: Any) -> Consent:
    return Consent(
        conversation_id=ConversationId(row["conversation_id"]),
        purpose=Purpose(row["purpose"]),
        granted=bool(row["granted"]),
        at=from_ms(row["at_ms"]),
        source=MessageKey(row["key"].rpartition(_KEY_ENDS)[0]),
    )
