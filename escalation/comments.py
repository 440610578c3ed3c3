"""What customers said of a person's service in their own words, with what it belongs to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from conversations.outcomes import HandOverReason
from escalation.topics import topics_of
from storage.people_schema import services
from storage.questions_schema import questions
from storage.schema import cases
from storage.times import from_ms, to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """``score``: 1, 3 or 5; ``recommends``: 0 to 10; one of them is None. ``reason``: why a person was needed;
    ``entry``: what the bot had said last before that, the id of an entry of the knowledge base; empty for nothing.
    """

    conversation_id: ConversationId
    agent: str | None
    at: datetime
    text: str
    score: int | None
    recommends: int | None
    reason: HandOverReason | None
    entry: str

    @property
    def topics(self) -> tuple[str, ...]:
        return topics_of(self.text)


async def comments_between(connection: AsyncConnection, start: datetime, end: datetime) -> list[Comment]:
    """On services whose customers wanted a person in the period, the newest first."""
    query = (
        select(services, cases.c.reason, _asked_before())
        .outerjoin(cases, cases.c.key == services.c.key)
        .where(
            services.c.opened_ms >= to_ms(start),
            services.c.opened_ms < to_ms(end),
            services.c.comment.is_not(None),
        )
        .order_by(services.c.scored_ms.desc(), services.c.key)
    )
    return [_comment(row) for row in await connection.execute(query)]


def counted(comments: Sequence[Comment]) -> list[tuple[str, int]]:
    """How many comments speak of each topic, the most frequent first."""
    counts: dict[str, int] = {}
    for comment in comments:
        for topic in comment.topics:
            counts[topic] = counts.get(topic, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _asked_before() -> Any:
    """The entries of the last question before the customer wanted a person, if it was answered."""
    return (
        select(case((questions.c.reaction == "answered", questions.c.entries)))
        .where(
            questions.c.conversation_id == services.c.conversation_id,
            questions.c.at_ms <= services.c.opened_ms,
        )
        .order_by(questions.c.at_ms.desc(), questions.c.id.desc())
        .limit(1)
        .correlate(services)
        .scalar_subquery()
        .label("entries")
    )


def _comment(row: Any) -> Comment:
    entries: list[str] = json.loads(row.entries or "[]")
    return Comment(
        conversation_id=ConversationId(row.conversation_id),
        agent=row.agent,
        at=from_ms(row.scored_ms),
        text=row.comment,
        score=row.score,
        recommends=row.recommends,
        reason=None if row.reason is None else HandOverReason(row.reason),
        entry=entries[0] if entries else "",
    )
