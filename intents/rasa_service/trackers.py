"""What Rasa keeps of guided conversations, and forgetting it: trackers hold what customers wrote.

Table and columns are those of Rasa 3.6's SQL tracker store (``events``: one row an event, ``timestamp`` in seconds).
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

AT_ONCE = 500
"""Trackers forgotten in one transaction, so that Rasa never waits long for its own table."""

_events = sa.table("events", sa.column("sender_id"), sa.column("timestamp"))


async def forget_older(database: str, *, before: float) -> int:
    """Deletes every tracker whose last event is older than ``before`` (Unix time, seconds). Returns how many.

    ``database`` is a file or ``postgresql://…``, as Rasa is told. 0 where Rasa has not stored anything yet. Raises
    SQLAlchemyError or OSError when the database is away.
    """
    if not _exists(database):
        return 0
    engine = create_async_engine(_address(database), poolclass=sa.pool.NullPool)
    forgotten = 0
    try:
        while True:
            async with engine.begin() as connection:
                some = await _forget_some(connection, before)
            forgotten += some
            if some < AT_ONCE:
                return forgotten
    finally:
        await engine.dispose()


async def _forget_some(connection: AsyncConnection, before: float) -> int:
    if not await connection.run_sync(lambda plain: sa.inspect(plain).has_table(_events.name)):
        return 0
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("PRAGMA secure_delete = ON")  # overwritten, not only unlinked
    silent = (
        sa.select(_events.c.sender_id)
        .group_by(_events.c.sender_id)
        .having(sa.func.max(_events.c.timestamp) < before)
        .limit(AT_ONCE)
    )
    senders = (await connection.execute(silent)).scalars().all()
    if senders:
        await connection.execute(sa.delete(_events).where(_events.c.sender_id.in_(senders)))
    return len(senders)


def _exists(database: str) -> bool:
    """A file that does not exist yet is not made by looking into it."""
    return "://" in database or Path(database).exists()


def _address(database: str) -> sa.URL:
    if "://" not in database:
        return sa.URL.create("sqlite+aiosqlite", database=database)
    return sa.make_url(database).set(drivername="postgresql+asyncpg")
