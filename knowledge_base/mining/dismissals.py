"""Questions that somebody decided to leave alone, in SQL: only ever added to, so that it can be taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge_base.text import exact_key, tidy
from storage.questions_schema import question_dismissals
from storage.times import to_ms


def print_of(text: str) -> str:
    """Equal for questions that say the same, and nothing can be read from it: SHA-256 of the exact key, in hex."""
    return print_of_key(exact_key(tidy(text)))


def print_of_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


async def set_dismissed(
    connection: AsyncConnection, prints: Iterable[str], *, dismissed: bool, who: str, at: datetime
) -> None:
    """Leave questions alone, or look at them again. Written inside the caller's transaction."""
    rows = [
        {"print": each, "dismissed": int(dismissed), "author": who, "at_ms": to_ms(at)} for each in prints
    ]
    if rows:
        await connection.execute(insert(question_dismissals), rows)


async def dismissed_prints(connection: AsyncConnection) -> frozenset[str]:
    """Of what is left alone now."""
    table = question_dismissals
    last = select(func.max(table.c.id)).group_by(table.c.print)
    rows = await connection.execute(select(table.c.print).where(table.c.id.in_(last), table.c.dismissed == 1))
    return frozenset(row.print for row in rows)
