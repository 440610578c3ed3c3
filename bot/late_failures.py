"""A reply that the platform took and reported later as not delivered (微信客服 msg_send_fail, WeCom 94670)."""

from __future__ import annotations

import json

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.undelivered import hand_to_people
from conversations.address import ConversationId
from conversations.inbound import SendFailed
from storage.outbox import OutboxState
from storage.schema import deliveries, outbox
from storage.times import now_ms

_SAID_AGAIN_LATER = frozenset({4, 5, 6})
"""fail_type: beyond 48 h, session closed, more than five. The person's next message cures these."""


def next_state(fail_type: int) -> OutboxState:
    """DEFERRED when the person's next message opens the way again, else DEAD: a person has to look."""
    return OutboxState.DEFERRED if fail_type in _SAID_AGAIN_LATER else OutboxState.DEAD


async def note_failure(
    connection: AsyncConnection, conversation_id: ConversationId, failure: SendFailed
) -> int:
    """Takes back that these replies were sent, and gives them a new name for the next attempt.

    Returns how many there were: 0 when the report comes twice or names a message that was not ours. A code is
    good once, so what it said is dead whatever the reason.
    """
    rows = (
        await connection.execute(
            select(outbox.c.id, outbox.c.attempts, outbox.c.lane).where(
                outbox.c.platform_id == failure.platform_id,
                outbox.c.conversation_id == conversation_id,
                outbox.c.state == OutboxState.SENT,
            )
        )
    ).all()
    dead: list[int] = []
    reason = f"fail_type {failure.fail_type}: {failure.reason}"
    now = now_ms()
    for row in rows:
        state = OutboxState.DEAD if row.lane == "code" else next_state(failure.fail_type)
        if state is OutboxState.DEAD:
            dead.append(row.id)
        await connection.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(
                state=state,
                error=reason,
                attempts=0,
                unknowns=0,
                send_key=None,
                platform_id=None,
                sent_ms=None,
                edition=outbox.c.edition + 1,
                due_ms=now,
            )
        )
        await connection.execute(
            insert(deliveries).values(
                outbox_id=row.id,
                attempt=row.attempts,
                route="api",
                outcome="failed_later",
                detail=json.dumps({"platform_id": failure.platform_id, "reason": reason}, ensure_ascii=False),
                at_ms=now,
            )
        )
    await hand_to_people(connection, dead, now)
    return len(rows)
