"""What the bot would say to the customer's last words: up to three answers, one click away from the agent's text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.desk.saying import Hear, words_of
from conversations.address import Address, ConversationId
from storage.schema import messages

MOST = 3
LEAST_LIKELY = 0.15
"""What is less likely to be right is no help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """``likely``: the probability that this is the right entry, in percent."""

    question: str
    answer: str
    likely: int


Suggest = Callable[[str, Address], Awaitable[Sequence[Suggestion]]]
"""What the knowledge base would say to a text of somebody at an address; nothing when it has no time."""


async def last_words(connection: AsyncConnection, conversation_id: ConversationId, hear: Hear) -> str:
    """What the customer said last, in words; empty when that was a picture, or nothing."""
    query = (
        select(messages.c.key, messages.c.body)
        .where(messages.c.conversation_id == conversation_id, messages.c.author == "customer")
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return ""
    words = words_of(conversation_id, row.key, row.body, hear)
    return words.text if words.spoken and not words.media else ""
