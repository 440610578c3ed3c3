"""CSAT: who was served by a person is asked how it was, once, and the answer stands with the service.

In the caller's transaction.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.conversation import Context
from conversations.ratings import RATE, SCORES, Rating
from conversations.replies import Choice, MenuReply, ReplyKind, to_stored
from escalation.service import Ending, Service
from escalation.service_store import EventKind, from_row, note
from escalation.store import BY_CUSTOMER
from storage.outbox import OutboxDraft, say_once
from storage.people_schema import services
from storage.schema import conversations
from storage.times import to_ms

ASKED = "刚才的服务，您满意吗？"
ASKED_AFTER = frozenset({Ending.SOLVED, Ending.FOLLOWED_UP})


async def ask(
    connection: AsyncConnection, service: Service, *, epoch: int, now: datetime, real_ms: int
) -> bool:
    """Of a service that has just ended, in a conversation that is held. False: there is nothing to ask.

    Nobody is asked who was not written to, or whose service ended for another reason than that it was done.
    """
    if service.ending not in ASKED_AFTER or service.replied_at is None:
        return False
    choices = tuple(Choice(id=f"{RATE}{score}", label=label) for score, label in SCORES.items())
    draft = OutboxDraft(
        key=f"{service.key}:rating",
        conversation_id=service.conversation_id,
        epoch=epoch,
        kind=ReplyKind.TRANSITION,
        body=to_stored(MenuReply(head=ASKED, choices=choices)),
        created_ms=real_ms,
    )
    if not await say_once(connection, draft):
        return False
    await connection.execute(
        update(services).where(services.c.key == service.key).values(asked_ms=to_ms(now))
    )
    await _offer(connection, service.conversation_id, tuple(choice.id for choice in choices))
    return True


async def record(
    connection: AsyncConnection, conversation_id: ConversationId, rating: Rating, now: datetime, real_ms: int
) -> None:
    """What the customer says of the service they were asked about last. A second score changes nothing."""
    query = (
        select(services)
        .where(services.c.conversation_id == conversation_id, services.c.asked_ms.is_not(None))
        .order_by(services.c.asked_ms.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return
    changed: dict[str, object] = {}
    if rating.score is not None and row["score"] is None:
        changed |= {"score": rating.score, "scored_ms": to_ms(now)}
    if rating.comment and row["comment"] is None:
        changed |= {"comment": rating.comment}
    if changed:
        await connection.execute(update(services).where(services.c.key == row["key"]).values(**changed))
        words = rating.comment or str(rating.score)
        await note(connection, from_row(row), EventKind.RATED, BY_CUSTOMER, real_ms, text=words)


async def _offer(
    connection: AsyncConnection, conversation_id: ConversationId, offered: tuple[str, ...]
) -> None:
    """A number alone means one of these choices from now on."""
    query = select(conversations.c.context).where(conversations.c.id == conversation_id)
    stored = json.loads((await connection.execute(query)).scalar_one())
    context = Context.from_stored(stored).to_stored() | {"offered": list(offered), "guided": None}
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(context=json.dumps(context, ensure_ascii=False))
    )
