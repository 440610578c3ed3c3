"""Services in SQL, inside the caller's transaction. Whoever changes one holds its conversation's row first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from escalation.cases import CaseKey
from escalation.routing import Tier
from escalation.service import Ending, Need, Service, ServiceState
from storage.people_schema import is_under_way, service_events, services
from storage.schema import messages
from storage.times import from_ms, to_ms

CLOCK = "clock"
"""Who did what nobody did: time passed."""


class EventKind(StrEnum):
    """What happened. Values are stored; never rename them."""

    WANTED = "wanted"
    WANTED_AGAIN = "wanted_again"
    QUEUED = "queued"
    PUT_OFF = "put_off"
    CLAIMED = "claimed"
    GIVEN_BACK = "given_back"
    HANDED_ON = "handed_on"
    TAKEN_OVER = "taken_over"
    ENDED = "ended"
    SNOOZED = "snoozed"
    NOTE = "note"
    WHISPER = "whisper"
    RATED = "rated"


async def under_way(connection: AsyncConnection, conversation_id: ConversationId) -> Service | None:
    query = select(services).where(services.c.conversation_id == conversation_id, is_under_way())
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else from_row(row)


async def by_key(connection: AsyncConnection, key: CaseKey) -> Service | None:
    """The service of this case, while it is under way."""
    query = select(services).where(services.c.key == key, is_under_way())
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else from_row(row)


async def in_queue(connection: AsyncConnection) -> list[Service]:
    """Everybody who waits, in no order: ``routing.in_order`` makes one."""
    query = select(services).where(is_under_way(), services.c.state == ServiceState.WAITING.value)
    return [from_row(row) for row in (await connection.execute(query)).mappings()]


async def due(connection: AsyncConnection, now: datetime) -> list[ConversationId]:
    """Conversations whose service is for later, and the time has come."""
    query = select(services.c.conversation_id).where(
        is_under_way(), services.c.state == ServiceState.LATER.value, services.c.due_ms <= to_ms(now)
    )
    return [ConversationId(each) for each in (await connection.execute(query)).scalars()]


async def loads(connection: AsyncConnection) -> dict[str, int]:
    """By login, the weights of the conversations that they serve now."""
    query = (
        select(services.c.agent, func.sum(services.c.weight))
        .where(is_under_way(), services.c.state == ServiceState.SERVING.value)
        .group_by(services.c.agent)
    )
    return {row[0]: int(row[1]) for row in await connection.execute(query)}


async def last_agent(connection: AsyncConnection, conversation_id: ConversationId, since: datetime) -> str:
    """Who served in this conversation last, if that was after ``since``; else empty."""
    query = (
        select(services.c.agent)
        .where(
            services.c.conversation_id == conversation_id,
            services.c.opened_ms >= to_ms(since),
            services.c.agent.is_not(None),
        )
        .order_by(services.c.opened_ms.desc())
        .limit(1)
    )
    return (await connection.execute(query)).scalar_one_or_none() or ""


async def add(connection: AsyncConnection, service: Service) -> bool:
    """False: the conversation has one under way, or the same message led to this one before."""
    known = await connection.execute(select(services.c.key).where(services.c.key == service.key))
    if known.one_or_none() is not None or await under_way(connection, service.conversation_id) is not None:
        return False
    await connection.execute(insert(services).values(to_row(service)))
    return True


async def put(connection: AsyncConnection, service: Service) -> None:
    await connection.execute(update(services).where(services.c.key == service.key).values(to_row(service)))


async def note(
    connection: AsyncConnection,
    service: Service,
    kind: EventKind,
    who: str,
    real_ms: int,
    *,
    whom: str = "",
    text: str = "",
) -> None:
    """Writes what happened, at the time by which transcripts are written."""
    row = {
        "service_key": service.key,
        "conversation_id": service.conversation_id,
        "kind": kind.value,
        "who": who,
        "whom": whom,
        "text": text,
        "at_ms": real_ms,
    }
    await connection.execute(insert(service_events).values(row))


def to_row(service: Service) -> dict[str, Any]:
    need = service.need
    return {
        "key": service.key,
        "conversation_id": service.conversation_id,
        "state": service.state.value,
        "opened_ms": to_ms(service.opened_at),
        "queued_ms": _ms(service.queued_at),
        "due_ms": _ms(service.due_at),
        "rank": need.rank,
        "weight": need.weight,
        "vip": int(need.vip),
        "skills": json.dumps(sorted(need.skills), ensure_ascii=False),
        "own": need.own,
        "deputies": json.dumps(need.deputies, ensure_ascii=False),
        "last": need.last,
        "agent": service.agent,
        "tier": None if service.tier is None else service.tier.value,
        "claimed_ms": _ms(service.claimed_at),
        "replied_ms": _ms(service.replied_at),
        "snoozed_ms": _ms(service.snoozed_until),
        "ended_ms": _ms(service.ended_at),
        "ended_by": service.ended_by,
        "ending": None if service.ending is None else service.ending.value,
    }


def from_row(row: RowMapping | Mapping[str, Any]) -> Service:
    return Service(
        key=CaseKey(row["key"]),
        conversation_id=ConversationId(row["conversation_id"]),
        opened_at=from_ms(row["opened_ms"]),
        state=ServiceState(row["state"]),
        need=Need(
            rank=row["rank"],
            weight=row["weight"],
            vip=bool(row["vip"]),
            skills=frozenset(json.loads(row["skills"])),
            own=row["own"],
            deputies=tuple(json.loads(row["deputies"])),
            last=row["last"],
        ),
        queued_at=_moment(row["queued_ms"]),
        due_at=_moment(row["due_ms"]),
        agent=row["agent"],
        tier=None if row["tier"] is None else Tier(row["tier"]),
        claimed_at=_moment(row["claimed_ms"]),
        replied_at=_moment(row["replied_ms"]),
        snoozed_until=_moment(row["snoozed_ms"]),
        ended_at=_moment(row["ended_ms"]),
        ended_by=row["ended_by"],
        ending=None if row["ending"] is None else Ending(row["ending"]),
    )


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)


async def unanswered(connection: AsyncConnection, conversation_id: ConversationId) -> int:
    """How many messages the customer wrote since somebody else spoke last."""
    spoken = (
        select(func.coalesce(func.max(messages.c.id), 0))
        .where(messages.c.conversation_id == conversation_id, messages.c.author != "customer")
        .scalar_subquery()
    )
    query = select(func.count()).where(
        messages.c.conversation_id == conversation_id, messages.c.author == "customer", messages.c.id > spoken
    )
    return int((await connection.execute(query)).scalar_one())
