"""Who was served by a person is asked once how it was (CSAT), or whether they would recommend the shop (NPS); the
answer stands with the service.

In the caller's transaction.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.conversation import Context
from conversations.ratings import RATE, RECOMMEND_WITHIN, SCORES, Rating
from conversations.replies import Choice, MenuReply, Reply, ReplyKind, TextReply, to_stored
from escalation.service import Ending, Service
from escalation.service_store import EventKind, from_row, note
from escalation.store import BY_CUSTOMER
from escalation.survey import Question, Survey
from storage.outbox import OutboxDraft, say_once
from storage.people_schema import services
from storage.schema import conversations
from storage.times import from_ms, to_ms

ASKED = "刚才的服务，您满意吗？"
RECOMMEND_ASKED = "想请教您：您愿意把我们推荐给朋友吗？回我 0 到 10 的一个数字就行，0 是不会，10 是一定会～"
ASKED_AFTER = frozenset({Ending.SOLVED, Ending.FOLLOWED_UP})


async def ask(
    connection: AsyncConnection,
    service: Service,
    survey: Survey,
    *,
    epoch: int,
    now: datetime,
    real_ms: int,
) -> Question | None:
    """Of a service that has just ended, in a conversation that is held. None: nothing is asked.

    Nobody is asked who was not written to, or whose service ended for another reason than that it was done.
    """
    if service.ending not in ASKED_AFTER or service.replied_at is None:
        return None
    question = survey.question(service.key, now, await _last_recommend(connection, service.conversation_id))
    if question is None:
        return None
    choices = tuple(Choice(id=f"{RATE}{score}", label=label) for score, label in SCORES.items())
    rates = question is Question.RATING
    reply: Reply = MenuReply(head=ASKED, choices=choices) if rates else TextReply(text=RECOMMEND_ASKED)
    draft = OutboxDraft(
        key=f"{service.key}:rating",
        conversation_id=service.conversation_id,
        epoch=epoch,
        kind=ReplyKind.TRANSITION,
        body=to_stored(reply),
        created_ms=real_ms,
    )
    if not await say_once(connection, draft):
        return None
    asked = {"asked_ms": to_ms(now)} if rates else {"recommend_asked_ms": to_ms(now)}
    await connection.execute(update(services).where(services.c.key == service.key).values(**asked))
    until = None if rates else (now + RECOMMEND_WITHIN).timestamp()
    offered = [choice.id for choice in choices] if rates else []
    awaited: dict[str, object] = {"offered": offered, "guided": None, "recommend_until": until}
    await _await_answer(connection, service.conversation_id, awaited)
    return question


async def record(
    connection: AsyncConnection, conversation_id: ConversationId, rating: Rating, now: datetime, real_ms: int
) -> None:
    """What the customer says of the service they were asked about last. A second score changes nothing."""
    asked_ms = func.coalesce(services.c.asked_ms, services.c.recommend_asked_ms)
    query = (
        select(services)
        .where(services.c.conversation_id == conversation_id, asked_ms.is_not(None))
        .order_by(asked_ms.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return
    changed: dict[str, object] = {}
    if rating.score is not None and row["score"] is None:
        changed |= {"score": rating.score, "scored_ms": to_ms(now)}
    if rating.recommends is not None and row["recommends"] is None:
        changed |= {"recommends": rating.recommends, "scored_ms": to_ms(now)}
    if rating.comment and row["comment"] is None:
        changed |= {"comment": rating.comment}
    if changed:
        await connection.execute(update(services).where(services.c.key == row["key"]).values(**changed))
        number = rating.score if rating.recommends is None else f"{rating.recommends}/10"
        words = rating.comment or str(number)
        await note(connection, from_row(row), EventKind.RATED, BY_CUSTOMER, real_ms, text=words)


async def _last_recommend(connection: AsyncConnection, conversation_id: ConversationId) -> datetime | None:
    query = select(func.max(services.c.recommend_asked_ms)).where(
        services.c.conversation_id == conversation_id
    )
    last: int | None = (await connection.execute(query)).scalar_one()
    return None if last is None else from_ms(last)


async def _await_answer(
    connection: AsyncConnection, conversation_id: ConversationId, awaited: dict[str, object]
) -> None:
    """A number alone answers the question from now on."""
    query = select(conversations.c.context).where(conversations.c.id == conversation_id)
    stored = json.loads((await connection.execute(query)).scalar_one())
    context = Context.from_stored(stored).to_stored() | awaited
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(context=json.dumps(context, ensure_ascii=False))
    )
