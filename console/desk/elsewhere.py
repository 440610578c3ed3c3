"""Conversations that people have in the platform's own client (``handoff: native``), seen from afar by those who lead.

What is said there the platform does not tell; who has it, and that somebody waits, it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.desk.words import channel_of
from conversations.ownership import Owner
from conversations.privacy import customer_tag
from storage.console_schema import console_accounts
from storage.people_schema import is_under_way, services
from storage.schema import conversations, has_people

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """``who``: as colleagues call them; empty while the customer waits there."""

    path: str
    name: str
    channel: str
    who: str


async def in_the_client(connection: AsyncConnection) -> list[Elsewhere]:
    """Conversations that the queue or an agent owns, and that nobody has at the desk."""
    at_desk = select(services.c.key).where(services.c.conversation_id == conversations.c.id, is_under_way())
    query = (
        select(conversations.c.id, conversations.c.owner, conversations.c.agent)
        .where(has_people(conversations), ~at_desk.exists())
        .order_by(conversations.c.id)
        .limit(SHOWN)
    )
    rows = (await connection.execute(query)).all()
    names = await _names(connection) if rows else {}
    return [_row(row, names) for row in rows]


async def _names(connection: AsyncConnection) -> dict[str, str]:
    """By userid in 企业微信, in small letters."""
    query = select(func.lower(console_accounts.c.wecom_userid), console_accounts.c.name).where(
        console_accounts.c.wecom_userid.is_not(None)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}


def _row(row: Any, names: Mapping[str, str]) -> Elsewhere:
    agent = row.agent or ""
    return Elsewhere(
        path=f"/desk/{quote(row.id, safe='')}",
        name=customer_tag(row.id),
        channel=channel_of(row.id),
        who=names.get(agent.lower(), agent or "同事") if row.owner == Owner.AGENT.value else "",
    )
