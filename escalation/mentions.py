"""Mentions: a colleague's note asks somebody by name to look at a conversation. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import ConversationId
from storage.people_schema import mentions

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """``by``: the login of who wrote it. ``at_ms``: real time."""

    conversation_id: ConversationId
    by: str
    text: str
    at_ms: int


def mentioned(text: str, names: Mapping[str, str]) -> set[str]:
    """The logins whose name or login stands behind an @. ``names``: by login. Of two names the longer one counts."""
    words = {word: login for login, name in names.items() for word in (login, name) if word}
    found: set[str] = set()
    for part in text.replace("＠", "@").split("@")[1:]:
        fitting = [word for word in words if part.startswith(word)]
        if fitting:
            found.add(words[max(fitting, key=len)])
    return found


async def mention(
    connection: AsyncConnection,
    conversation_id: ConversationId,
    logins: Iterable[str],
    *,
    by: str,
    text: str,
    real_ms: int,
) -> None:
    """Nobody is told of what they wrote themselves."""
    rows = [
        {"conversation_id": conversation_id, "login": login, "by": by, "text": text, "at_ms": real_ms}
        for login in sorted(set(logins) - {by})
    ]
    if rows:
        await connection.execute(insert(mentions), rows)


async def unseen(connection: AsyncConnection, login: str) -> list[Mention]:
    """The newest first; at most MOST_SHOWN."""
    query = (
        select(mentions)
        .where(mentions.c.login == login, mentions.c.seen_ms.is_(None))
        .order_by(mentions.c.id.desc())
        .limit(MOST_SHOWN)
    )
    return [
        Mention(
            conversation_id=ConversationId(row.conversation_id), by=row.by, text=row.text, at_ms=row.at_ms
        )
        for row in await connection.execute(query)
    ]


async def newest_unseen(connection: AsyncConnection) -> dict[str, int]:
    """By login, the id of the newest mention that they have not seen."""
    query = (
        select(mentions.c.login, func.max(mentions.c.id))
        .where(mentions.c.seen_ms.is_(None))
        .group_by(mentions.c.login)
    )
    return {row[0]: int(row[1]) for row in await connection.execute(query)}


async def see(connection: AsyncConnection, conversation_id: ConversationId, login: str, real_ms: int) -> None:
    """They have opened the conversation."""
    await connection.execute(
        update(mentions)
        .where(
            mentions.c.conversation_id == conversation_id,
            mentions.c.login == login,
            mentions.c.seen_ms.is_(None),
        )
        .values(seen_ms=real_ms)
    )
