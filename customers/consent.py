"""What a customer agreed to: kept with the turn that heard it, and asked for by whoever sends.

A consent is said in a conversation and stands for all conversations of the customer, also for those that turn out to be
theirs later; ``customers.rights.standing`` has the rules. Until somebody says anything, the purpose decides what that
means to a sender.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.consents import ConsentChange, Purpose
from conversations.inbound import MessageKey
from customers.rights.saying import KEY_ENDS, circles_of, spread, statements
from storage.bulk import insert_rows, matching
from storage.consents_schema import consents
from storage.times import from_ms, to_ms

_AT_ONCE = 500
"""Conversations asked about in one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """How things stand for one purpose. ``source``: the message that said so, in whichever of the customer's
    conversations; ``at``: when that was decided, aware.
    """

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
    rows = {
        f"{source}{KEY_ENDS}{change.purpose.value}": {
            "conversation_id": conversation_id,
            "purpose": change.purpose.value,
            "granted": int(change.granted),
            "at_ms": to_ms(at),
        }
        for change in reversed(changes)
    }
    known = {
        row.key for row in await matching(connection, consents, [{"key": key} for key in rows], ("key",))
    }
    new = [{"key": key, **row} for key, row in rows.items() if key not in known]
    if new:
        await insert_rows(connection, consents, new, unique=("key",))
        said = {Purpose(str(row["purpose"])): bool(row["granted"]) for row in new}
        await spread(connection, conversation_id, source, said, to_ms(at))


async def current(
    connection: AsyncConnection, conversation_id: ConversationId, purpose: Purpose
) -> Consent | None:
    """How it stands; None where nothing was ever said."""
    circle = (await circles_of(connection, [conversation_id]))[conversation_id]
    row = (await statements(connection, [circle], purpose, [conversation_id]))[circle].deciding()
    if row is None:
        return None
    return Consent(
        conversation_id=conversation_id,
        purpose=purpose,
        granted=bool(row.granted),
        at=from_ms(row.at_ms),
        source=MessageKey(row.key.rpartition(KEY_ENDS)[0]),
    )


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
    circles = await circles_of(connection, conversation_ids)
    said = await statements(connection, circles.values(), purpose, conversation_ids)
    rows = {circle: found.deciding() for circle, found in said.items()}
    return {each for each, circle in circles.items() if (row := rows[circle]) is not None and not row.granted}
