"""The lists of the desk: who waits, whom one serves, and everybody; one row for each service under way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.desk.desk import AgentsDesk
from console.desk.saying import words_of
from console.desk.words import REASONS, channel_of, waited
from conversations.outcomes import HandOverReason
from conversations.privacy import customer_tag
from escalation.service import ServiceState
from storage.console_schema import console_accounts
from storage.people_schema import is_under_way, services
from storage.schema import cases, messages
from storage.times import from_ms

SHOWN = 200
"""Rows of a list: who has more than this needs colleagues, not a longer list."""
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``order``: the lists are sorted by it, smallest first. ``unread``: since somebody else spoke last."""

    conversation_id: str
    name: str
    channel: str
    state: str
    agent: str
    agent_name: str
    vip: bool
    why: str
    waited: str
    since_ms: int
    last: str
    last_ms: int
    unread: int
    snoozed: bool
    order: int

    @property
    def path(self) -> str:
        return f"/desk/{quote(self.conversation_id, safe='')}"


async def rows_of(
    desk: AgentsDesk,
    connection: AsyncConnection,
    *,
    of: Collection[str] | None = None,
    agent: str | None = None,
) -> list[Row]:
    """Every service under way; ``of``: only in these conversations; ``agent``: only who waits, or is theirs."""
    query = (
        select(services, cases.c.reason, console_accounts.c.name.label("agent_name"))
        .outerjoin(cases, cases.c.key == services.c.key)
        .outerjoin(console_accounts, console_accounts.c.login == services.c.agent)
        .where(is_under_way())
        .order_by(services.c.rank, services.c.opened_ms)
        .limit(2_500)
    )
    if of is not None:
        query = query.where(services.c.conversation_id.in_(list(of)))
    if agent is not None:
        query = query.where(or_(services.c.agent == agent, services.c.agent.is_(None)))
    found: Sequence[Any] = (await connection.execute(query)).all()
    last = await _last_words(desk, connection, [row.conversation_id for row in found])
    now = desk.now()
    return [_row(row, last.get(row.conversation_id) or ("", row.opened_ms, 0), now) for row in found]


async def _last_words(
    desk: AgentsDesk, connection: AsyncConnection, ids: Sequence[str]
) -> dict[str, tuple[str, int, int]]:
    """By conversation: the last words of the customer or of a person, when, and how many nobody answered."""
    if not ids:
        return {}
    newest = (
        select(func.max(messages.c.id))
        .where(messages.c.conversation_id.in_(ids), messages.c.author != "bot")
        .group_by(messages.c.conversation_id)
    )
    rows = await connection.execute(select(messages).where(messages.c.id.in_(newest)))
    lasts = {row.conversation_id: row for row in rows}
    spoken = (
        select(messages.c.conversation_id, func.max(messages.c.id).label("id"))
        .where(messages.c.conversation_id.in_(ids), messages.c.author != "customer")
        .group_by(messages.c.conversation_id)
        .subquery()
    )
    counted = await connection.execute(
        select(messages.c.conversation_id, func.count())
        .outerjoin(spoken, spoken.c.conversation_id == messages.c.conversation_id)
        .where(
            messages.c.conversation_id.in_(ids),
            messages.c.author == "customer",
            messages.c.id > func.coalesce(spoken.c.id, 0),
        )
        .group_by(messages.c.conversation_id)
    )
    unread = {row[0]: int(row[1]) for row in counted}
    return {
        name: (
            words_of(name, row.key, row.body, desk.hear).text.replace("\n", " ")[:_LONGEST],
            row.at_ms,
            unread.get(name, 0),
        )
        for name, row in lasts.items()
    }


def _row(row: Any, said: tuple[str, int, int], now: datetime) -> Row:
    last, last_ms, unread = said
    waits = row.state != ServiceState.SERVING.value
    since_ms = row.queued_ms or row.opened_ms
    # Who waits: by rank, then by time. Who is served: the one who waits for an answer longest comes first.
    order = row.rank * 10**14 + since_ms if waits else (last_ms if unread else 10**15 - last_ms // 1000)
    snoozed = row.snoozed_ms is not None and from_ms(row.snoozed_ms) > now and not unread
    return Row(
        conversation_id=row.conversation_id,
        name=customer_tag(row.conversation_id),
        channel=channel_of(row.conversation_id),
        state=row.state,
        agent=row.agent or "",
        agent_name=row.agent_name or "",
        vip=bool(row.vip),
        why=REASONS[HandOverReason(row.reason)] if row.reason else "",
        waited=waited(from_ms(since_ms), now),
        since_ms=since_ms,
        last=last,
        last_ms=last_ms,
        unread=unread,
        snoozed=snoozed,
        order=order + (10**16 if snoozed else 0),
    )
