"""What agents wrote after questions that brought them: read from the transcript."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.kefu.items import read
from conversations.inbound import AgentSaid, MessageKey, Text
from conversations.privacy import without_private_numbers
from conversations.replies import TextReply, from_stored
from knowledge_base.mining.questions import LoggedQuestion, Missed
from storage.schema import messages
from storage.times import from_ms, to_ms

WITHIN = timedelta(hours=2)
"""What an agent says later is hardly about the question."""

_MOST_CONVERSATIONS = 50


async def people_said(
    connection: AsyncConnection, questions: Iterable[LoggedQuestion]
) -> Mapping[str, tuple[str, ...]]:
    """By conversation, the texts of agents within two hours of a question that was handed over, oldest first.

    Personal data is taken out. Of more than fifty conversations the latest are read.
    """
    handed_over = {
        question.conversation_id: question for question in questions if Missed.HANDED_OVER in question.missed
    }
    latest = sorted(handed_over.values(), key=lambda question: question.at, reverse=True)
    found = {}
    for question in latest[:_MOST_CONVERSATIONS]:
        rows = await connection.execute(
            select(messages.c.key, messages.c.body, messages.c.at_ms)
            .where(
                messages.c.conversation_id == question.conversation_id,
                messages.c.author.like("agent:%"),
                messages.c.at_ms >= to_ms(question.at),
                messages.c.at_ms <= to_ms(question.at + WITHIN),
            )
            .order_by(messages.c.id)
        )
        texts = [_text(row) for row in rows]
        found[question.conversation_id] = tuple(without_private_numbers(text) for text in texts if text)
    return found


def _text(row: Any) -> str:
    """Written at our desk (a stored reply) or in the platform's own client (its item); empty without words."""
    body = json.loads(row.body)
    if "type" in body:
        try:
            reply = from_stored(body)
        except (ValueError, KeyError, TypeError):
            return ""
        return reply.text if isinstance(reply, TextReply) else ""
    content = read(body, MessageKey(row.key), received_at=from_ms(row.at_ms)).content
    if isinstance(content, AgentSaid) and isinstance(content.content, Text):
        return content.content.text
    return ""
