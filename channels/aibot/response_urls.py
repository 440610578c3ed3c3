"""The addresses for one later answer that messages bring: the newest of each conversation, from the transcript."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from channels.aibot.protocol import response_url
from conversations.address import ConversationId
from storage.database import Database
from storage.schema import messages
from storage.times import from_ms

_LOOK_BACK = 20
"""Messages of a conversation that are looked at: its own, and what was answered to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseUrl:
    """``received_at`` is when our process got it, in real time."""

    url: str
    received_at: datetime


class ResponseUrls:
    """Reads what every message stores of itself; nothing is kept twice.

    A message stands in the transcript from the commit of its turn on, and what answers it is sent after that.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, conversation: ConversationId) -> ResponseUrl | None:
        """None when no message of late brought one."""
        query = (
            select(messages.c.author, messages.c.body, messages.c.at_ms)
            .where(messages.c.conversation_id == conversation)
            .order_by(messages.c.id.desc())
            .limit(_LOOK_BACK)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        for row in rows:
            url = response_url(json.loads(row.body)) if row.author == "customer" else None
            if url is not None:
                return ResponseUrl(url=url, received_at=from_ms(row.at_ms))
        return None
