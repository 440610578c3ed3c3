"""What could not be delivered for good is handed to people: as a case, never silently lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.plain import plain
from conversations.address import Address, Channel, ConversationId
from conversations.outcomes import HandOverReason
from conversations.replies import from_stored
from escalation.cases import Case, CaseKey
from escalation.store import insert_case
from storage.schema import outbox
from storage.times import from_ms

_CUSTOMERS = (Channel.OFFICIAL, Channel.KEFU)
_SHOWN = 40
SUMMARY = "有一条回复没能送到：{words}"
WITHOUT_WORDS = "（没有文字）"


async def hand_to_people(connection: AsyncConnection, outbox_ids: Sequence[int], now: int) -> int:
    """Opens a case for each customer whose reply is on the dead list now; returns for how many.

    One a day for each conversation: whoever looks at it sees all the rest. Staff get no case about themselves.
    """
    if not outbox_ids:
        return 0
    query = select(outbox.c.conversation_id, outbox.c.body).where(outbox.c.id.in_(outbox_ids))
    rows = (await connection.execute(query.order_by(outbox.c.id))).all()
    first: dict[str, Any] = {}
    for row in rows:
        if Address.parse(row.conversation_id).channel in _CUSTOMERS:
            first.setdefault(row.conversation_id, row)
    for row in first.values():
        await insert_case(connection, _case(row, now))
    return len(first)


def _case(row: Any, now: int) -> Case:
    at = from_ms(now)
    words = " ".join(plain(from_stored(json.loads(row.body))).text.split()) or WITHOUT_WORDS
    shown = words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
    return Case(
        key=CaseKey(f"{row.conversation_id}:undelivered:{at:%Y-%m-%d}"),
        conversation_id=ConversationId(row.conversation_id),
        reason=HandOverReason.UNDELIVERED,
        summary=SUMMARY.format(words=shown),
        opened_at=at,
    )
