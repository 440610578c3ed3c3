"""Which process holds the bot's one connection: a lease in SQL, in real time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.engine import CursorResult

from storage.conflicts import insert_or_ignore
from storage.database import Database
from storage.schema import aibot_connections
from storage.times import now_ms

_bots = aibot_connections


class ConnectionLease:
    """One process's claim to the connection of ``bot_id``. ``holder`` names the process, and no other has that name."""

    def __init__(self, database: Database, *, bot_id: str, holder: str, seconds: float) -> None:
        self._database = database
        self._bot_id = bot_id
        self._holder = holder
        self._ms = int(seconds * 1000)

    async def acquire(self) -> bool:
        """Takes the lease when nobody has it any more, or renews ours.

        Raises SQLAlchemyError when the database is away.
        """
        free = (_bots.c.lease_token == self._holder) | (_bots.c.lease_until_ms <= now_ms())
        async with self._database.writing() as connection:
            await connection.execute(insert_or_ignore(connection, _bots, "bot_id"), {"bot_id": self._bot_id})
            result = await connection.execute(self._set(free, self._holder, now_ms() + self._ms))
            return bool(result.rowcount)

    async def renew(self) -> bool:
        """False: somebody else has it by now. Raises SQLAlchemyError when the database is away."""
        async with self._database.writing() as connection:
            ours = _bots.c.lease_token == self._holder
            result: CursorResult[Any] = await connection.execute(
                self._set(ours, self._holder, now_ms() + self._ms)
            )
            return bool(result.rowcount)

    async def release(self) -> None:
        """Lets another process have it at once. Raises SQLAlchemyError when the database is away."""
        async with self._database.writing() as connection:
            await connection.execute(self._set(_bots.c.lease_token == self._holder, None, 0))

    def _set(self, condition: ColumnElement[bool], token: str | None, until_ms: int) -> Any:
        return (
            update(_bots)
            .where(_bots.c.bot_id == self._bot_id, condition)
            .values(lease_token=token, lease_until_ms=until_ms)
        )
