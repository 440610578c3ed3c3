"""An agent writes to the customer whom they serve. In the caller's transaction; the delivery sends it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from channels.splitting import split_text
from conversations.address import ConversationId
from conversations.replies import ImageReply, Reply, ReplyKind, TextReply, to_stored
from escalation import ownership, service_store
from escalation.service import NotNow, replied
from escalation.serving import NOBODY_WAITS, Moment
from storage.outbox import OutboxDraft, resume, say_once

LONGEST_TEXT = 4_000
"""Characters of one message of an agent; nobody reads more."""
LONGEST_MARK = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """``keys``: of the outbox and of the transcript, one for each piece. ``new``: False for a repetition."""

    keys: tuple[str, ...]
    new: bool


async def say(
    connection: AsyncConnection,
    conversation_id: ConversationId,
    *,
    by: str,
    reply: TextReply | ImageReply,
    mark: str,
    max_text_bytes: int,
    at: Moment,
) -> Said:
    """``mark``: made by the agent's page for this message, so that a second click or a retry says nothing twice.

    Raises NotNow when ``by`` does not serve this customer (any more), ValueError for a message that cannot be.
    """
    if not 0 < len(mark) <= LONGEST_MARK:
        raise ValueError(f"mark must have 1 to {LONGEST_MARK} characters")
    held = await ownership.hold(connection, conversation_id)
    service = await service_store.under_way(connection, conversation_id)
    if service is None:
        raise NotNow(NOBODY_WAITS)
    after = replied(service, by, at.now)
    if after != service:
        await service_store.put(connection, after)
    # People may use what the bot had to leave alone, so nothing of theirs waits behind it.
    await resume(connection, [conversation_id], at.real_ms)
    keys, new = [], False
    for number, piece in enumerate(_pieces(reply, max_text_bytes)):
        key = f"desk:{by}:{mark}:{number}"
        draft = OutboxDraft(
            key=key,
            conversation_id=conversation_id,
            epoch=held.ownership.epoch,
            kind=ReplyKind.PERSON,
            body=to_stored(piece),
            created_ms=at.real_ms,
            author=f"agent:{by}",
        )
        new = await say_once(connection, draft) or new
        keys.append(key)
    return Said(keys=tuple(keys), new=new)


def _pieces(reply: TextReply | ImageReply, max_text_bytes: int) -> list[Reply]:
    if isinstance(reply, ImageReply):
        return [reply]
    text = reply.text.strip()
    if not text:
        raise ValueError("text is empty")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"text is longer than {LONGEST_TEXT} characters")
    return [TextReply(text=piece) for piece in split_text(text, max_text_bytes)]
