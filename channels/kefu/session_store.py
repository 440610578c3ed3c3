"""What is remembered of each 微信客服 session (table kefu_sessions), for all processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.kefu.states import SessionState, Told
from conversations.address import Address, ConversationId
from conversations.clock import Clock
from storage.conflicts import insert_or_update
from storage.database import Database
from storage.schema import kefu_sessions
from storage.times import from_ms, to_ms

_IDS_A_QUERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSession:
    """``state`` None: ask before speaking. ``checked_at`` (aware): when that was learned.

    ``code_granted``: a transfer of this customer has brought an entry code before. The platform gives it on the first
    change only and does not say whether an ended session begins that anew, so it is never taken back.
    """

    state: SessionState | None
    servicer: str | None
    checked_at: datetime
    code_granted: bool


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

    async def read(self, address: Address) -> KnownSession | None:
        """None when nothing was ever remembered."""
        return (await self.read_many([address.conversation_id])).get(address.conversation_id)

    async def read_many(self, ids: Sequence[ConversationId]) -> Mapping[ConversationId, KnownSession]:
        async with self._database.reading() as connection:
            return await _read(connection, ids)

    async def remember(
        self,
        address: Address,
        state: SessionState,
        servicer: str | None = None,
        *,
        code_granted: bool = False,
    ) -> None:
        """The platform has just said this. ``code_granted``: and gave the session's entry code with it."""
        await self.learn(address, Told(state=state, servicer=servicer), code_granted=code_granted)

    async def forget(self, address: Address) -> None:
        """The state is doubtful: ask before speaking."""
        await self.learn(address, Told(state=None))

    async def learn(self, address: Address, told: Told, *, code_granted: bool = False) -> None:
        """``remember`` or ``forget``, whichever ``told`` says."""
        served = told.state is SessionState.SERVED
        row = {
            "conversation_id": address.conversation_id,
            "state": None if told.state is None else int(told.state),
            "servicer": told.servicer if served else None,
            "checked_ms": to_ms(self._clock.now()),
            "code_granted": int(code_granted),
        }
        async with self._database.writing() as connection:
            await connection.execute(
                insert_or_update(
                    connection,
                    kefu_sessions,
                    ("conversation_id",),
                    _TOLD if not code_granted else (*_TOLD, "code_granted"),
                ),
                row,
            )


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
