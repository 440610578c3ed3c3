"""The ``Sessions`` of table kefu_sessions.

What is kept here spares questions to the platform, no more. So a database that is away costs a question, not a reply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.kefu.sessions import KnownSession
from channels.kefu.states import SessionState, Told
from conversations.address import Address, ConversationId
from conversations.clock import Clock
from storage.conflicts import insert_or_update
from storage.database import Database
from storage.groups import GroupCommit
from storage.schema import kefu_sessions
from storage.times import from_ms, to_ms

log = structlog.get_logger()

_IDS_A_QUERY = 500
_TOLD = ("state", "servicer", "checked_ms")

_READ = select(
    kefu_sessions.c.conversation_id,
    kefu_sessions.c.state,
    kefu_sessions.c.servicer,
    kefu_sessions.c.checked_ms,
    kefu_sessions.c.code_granted,
).where(kefu_sessions.c.conversation_id.in_(bindparam("ids", expanding=True)))


class SessionStore:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lessons: GroupCommit[Mapping[str, Any], None] = GroupCommit(self._write)

    async def read(self, address: Address) -> KnownSession | None:
        """None when nothing was ever remembered, or the database is away."""
        try:
            return (await self.read_many([address.conversation_id])).get(address.conversation_id)
        except SQLAlchemyError as error:
            log.warning("kefu.sessions.read_failed", error=type(error).__name__)
            return None

    async def read_many(self, ids: Sequence[ConversationId]) -> Mapping[ConversationId, KnownSession]:
        """Those of ``ids`` that anything is remembered of. Raises SQLAlchemyError."""
        async with self._database.reading() as connection:
            return await _read(connection, ids)

    async def forget(self, address: Address) -> None:
        """The state is doubtful: ask before speaking."""
        await self.learn(address, Told(state=None))

    async def learn(self, address: Address, told: Told, *, code_granted: bool = False) -> None:
        """The platform has just said this. ``code_granted``: and gave the session's entry code with it."""
        served = told.state is SessionState.SERVED
        row = {
            "conversation_id": address.conversation_id,
            "state": None if told.state is None else int(told.state),
            "servicer": told.servicer if served else None,
            "checked_ms": to_ms(self._clock.now()),
            "code_granted": int(code_granted),
        }
        try:
            await self._lessons.submit(row)
        except SQLAlchemyError as error:
            log.warning("kefu.sessions.learn_failed", error=type(error).__name__)

    async def _write(self, told: Sequence[Mapping[str, Any]]) -> list[None]:
        """The last word on each session counts; that a code was granted, whenever that was said."""
        granted = {row["conversation_id"] for row in told if row["code_granted"]}
        last = {row["conversation_id"]: row for row in told}
        plain = [last[name] for name in sorted(last) if name not in granted]
        coded = [{**last[name], "code_granted": 1} for name in sorted(granted)]
        async with self._database.writing() as connection:
            for rows, columns in ((plain, _TOLD), (coded, (*_TOLD, "code_granted"))):
                if rows:
                    statement = insert_or_update(connection, kefu_sessions, ("conversation_id",), columns)
                    await connection.execute(statement, rows)
        return [None] * len(told)


async def _read(
    connection: AsyncConnection, ids: Sequence[ConversationId]
) -> Mapping[ConversationId, KnownSession]:
    found: dict[ConversationId, KnownSession] = {}
    for start in range(0, len(ids), _IDS_A_QUERY):
        part = ids[start : start + _IDS_A_QUERY]
        for row in await connection.execute(_READ, {"ids": part}):
            found[ConversationId(row.conversation_id)] = KnownSession(
                state=None if row.state is None else SessionState(row.state),
                servicer=row.servicer,
                checked_at=from_ms(row.checked_ms),
                code_granted=bool(row.code_granted),
            )
    return found
