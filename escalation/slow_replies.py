"""Warns of customers whom no person has answered yet: the agent while there is time, the supervisors after that.

The promise is the first reply within three minutes of open time; the first warning comes when a minute is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.privacy import customer_tag
from escalation import telling
from escalation.hours import ServiceHours
from escalation.service import Service, ServiceState
from escalation.service_store import from_row
from escalation.sla import LIMITS, Promise, SlaClock
from escalation.telling import Telling
from storage.people_schema import is_under_way, services

WARN_AFTER = timedelta(minutes=2)
STALE_AFTER = timedelta(minutes=10)
"""Open time from which on nothing more is said of a wait: who was to hear has heard."""
MOST = 200
"""Customers in one look."""
_LIMIT = LIMITS[Promise.FIRST_REPLY]


class Slow(StrEnum):
    """Part of stored keys; never rename them."""

    NOBODY = "nobody"
    """No agent has taken the customer on: supervisors hear."""
    UNANSWERED = "unanswered"
    """Their agent has a minute left."""
    BROKEN = "broken"
    """Three minutes are over and their agent has written nothing: supervisors hear."""


TEXTS = {
    Slow.NOBODY: "{customer} 等了 2 分钟，还没有人接。去接：{url}",
    Slow.UNANSWERED: "{customer} 等了 2 分钟，先回一句吧：{url}",
    Slow.BROKEN: "{customer} 等了 3 分钟，{agent} 还没有回。去看看：{url}",
}


def slow(service: Service, now: datetime, hours: ServiceHours) -> Slow | None:
    """What is to be said of a service now; None: nothing, or no longer. Pure."""
    if service.queued_at is None or service.replied_at is not None or service.snoozed_until is not None:
        return None
    waited = SlaClock(started=service.queued_at, limit=_LIMIT).elapsed(now, hours)
    if not WARN_AFTER <= waited < STALE_AFTER:
        return None
    if service.state is ServiceState.WAITING:
        return Slow.NOBODY
    if service.state is not ServiceState.SERVING:
        return None
    return Slow.BROKEN if waited > _LIMIT.time else Slow.UNANSWERED


async def warn(
    connection: AsyncConnection, hours: ServiceHours, now: datetime, *, members: Sequence[str], url: str
) -> list[Telling]:
    """Who is to hear of whom; the same again until it no longer matters. ``members``: who hears in place of people
    whose userid nobody knows; ``url``: of the desk, to which the conversation is added.
    """
    query = (
        select(services)
        .where(is_under_way(), services.c.replied_ms.is_(None), services.c.queued_ms.is_not(None))
        .order_by(services.c.queued_ms.desc())
        .limit(MOST)
    )
    told: list[Telling] = []
    for row in (await connection.execute(query)).mappings():
        service = from_row(row)
        found = slow(service, now, hours)
        if found is not None:
            told += await _tellings(connection, service, found, members=members, url=url)
    return told


async def _tellings(
    connection: AsyncConnection, service: Service, found: Slow, *, members: Sequence[str], url: str
) -> list[Telling]:
    text = TEXTS[found].format(
        customer=customer_tag(service.conversation_id),
        agent=await telling.name_of(connection, service.agent) if service.agent else "",
        url=f"{url}/{quote(service.conversation_id, safe='')}",
    )
    if found is Slow.UNANSWERED:
        hearers = await telling.colleague(connection, service.agent, members)
    else:
        hearers = await telling.leaders(connection, members)
    return [
        Telling(key=f"{service.key}:slow:{found}:{userid}"[:280], userid=userid, text=text)
        for userid in hearers
    ]
