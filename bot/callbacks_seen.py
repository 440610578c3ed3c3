"""Remembers that a platform verified our address and called it: the first question when nothing arrives."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from conversations.address import Channel
from storage.conflicts import insert_or_update
from storage.database import Database
from storage.schema import callbacks_seen
from storage.times import now_ms

log = structlog.get_logger()

_AGAIN_AFTER_MS = 10 * 60_000
"""The time is only for people, so it is not written more often than this."""


class CallbacksSeen:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: dict[tuple[Channel, str], int] = {}

    async def verified(self, channel: Channel) -> None:
        """The platform asked whether the address is ours, with a good signature."""
        await self._note(channel, "verified_ms")

    async def received(self, channel: Channel) -> None:
        """An authentic callback came."""
        await self._note(channel, "received_ms")

    async def _note(self, channel: Channel, column: str) -> None:
        now = now_ms()
        if now - self._noted.get((channel, column), 0) < _AGAIN_AFTER_MS:
            return
        self._noted[channel, column] = now
        try:
            async with self._database.writing() as connection:
                statement = insert_or_update(connection, callbacks_seen, ("channel",), (column,))
                await connection.execute(statement, {"channel": channel, column: now})
        except SQLAlchemyError as error:
            self._noted.pop((channel, column), None)
            log.warning("callbacks_seen.failed", error=type(error).__name__)


async def ever_called(database: Database, channel: Channel) -> tuple[int, int]:
    """When this channel's address was last verified and last called; milliseconds since 1970, 0 for never."""
    query = select(callbacks_seen).where(callbacks_seen.c.channel == channel)
    async with database.reading() as connection:
        row = (await connection.execute(query)).one_or_none()
    return (row.verified_ms, row.received_ms) if row is not None else (0, 0)
