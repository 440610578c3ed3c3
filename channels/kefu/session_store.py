"""What is remembered of each 微信客服 session (table kefu_sessions), for all processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from channels.kefu.states import SessionState, Told, settle, told_by
from conversations.address import Address, ConversationId
from conversations.clock import Clock
from conversations.inbound import Inbound, Trigger
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

    async def read_many(self, ids: Iterable[ConversationId]) -> Mapping[ConversationId, KnownSession]:
        async with self._database.reading() as connection:
            return await _read(connection, list(ids))

    async def remember(
        self,
        address: Address,
        state: SessionState,
        servicer: str | None = None,
        *,
        code_granted: bool = False,
    ) -> None:
        """The platform has just said this. ``code_granted``: and gave the session's entry code with it."""
        told = Told(state=state, servicer=servicer if state is SessionState.SERVED else None)
        async with self._database.writing() as connection:
            known = (await _read(connection, [address.conversation_id])).get(address.conversation_id)
            await self._write(connection, {address.conversation_id: self._after(known, told, code_granted)})

    async def forget(self, address: Address) -> None:
        """The state is doubtful: ask before speaking."""
        async with self._database.writing() as connection:
            known = (await _read(connection, [address.conversation_id])).get(address.conversation_id)
            if known is not None and known.state is not None:
                after = self._after(known, Told(state=None), code_granted=False)
                await self._write(connection, {address.conversation_id: after})

    async def note(self, connection: AsyncConnection, inbounds: Iterable[Inbound]) -> None:
        """Remembers what pulled items say about their sessions, in the transaction that stores the items."""
        told = [
            (inbound.address.conversation_id, said)
            for inbound in inbounds
            if (said := told_by(inbound.content, by_customer=inbound.trigger is Trigger.MESSAGE)) is not None
        ]
        if not told:
            return
        known = dict(await _read(connection, list({conversation for conversation, _ in told})))
        changed: dict[ConversationId, KnownSession] = {}
        for conversation, said in told:
            before = known.get(conversation)
            settled = settle(before.state if before else None, said)
            if settled is not None:
                changed[conversation] = known[conversation] = self._after(before, settled, code_granted=False)
        await self._write(connection, changed)

    def _after(self, known: KnownSession | None, told: Told, code_granted: bool) -> KnownSession:
        return KnownSession(
            state=told.state,
            servicer=told.servicer,
            checked_at=self._clock.now(),
            code_granted=code_granted or (known is not None and known.code_granted),
        )

    async def _write(
        self, connection: AsyncConnection, sessions: Mapping[ConversationId, KnownSession]
    ) -> None:
        if not sessions:
            return
        statement = insert_or_update(
            connection,
            kefu_sessions,
            ("conversation_id",),
            ("state", "servicer", "checked_ms", "code_granted"),
        )
        # One order for all, so that two processes cannot wait for each other.
        await connection.execute(statement, [_row(key, sessions[key]) for key in sorted(sessions)])


async def _read(
    connection: AsyncConnection, ids: list[ConversationId]
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


def _row(conversation: ConversationId, session: KnownSession) -> dict[str, Any]:
    return {
        "conversation_id": conversation,
        "state": None if session.state is None else int(session.state),
        "servicer": session.servicer,
        "checked_ms": to_ms(session.checked_at),
        "code_granted": int(session.code_granted),
    }
