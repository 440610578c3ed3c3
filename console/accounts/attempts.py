"""Attempts to sign in, counted in SQL for all processes together: by login name, known or not, and by address."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.accounts.lockout import (
    FORGOTTEN_AFTER_MS,
    FREE_FOR_ADDRESS,
    FREE_FOR_LOGIN,
    Attempts,
    after_failure,
    given_back,
    wait_of,
)
from storage.conflicts import insert_or_ignore, insert_or_update
from storage.console_schema import console_attempts as table
from storage.database import Database
from storage.times import now_ms


class AttemptBook:
    """An attempt counts as failed from its beginning: many at once cannot all slip in before the first fails."""

    def __init__(self, database: Database, *, now: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._now = now

    async def begin(self, *, login: str, address: str) -> int:
        """0: go ahead. Otherwise the milliseconds to wait; the attempt is not heard, and not counted."""
        now = self._now()
        subjects = {_login(login): FREE_FOR_LOGIN, _address(address): FREE_FOR_ADDRESS}
        async with self._database.writing() as connection:
            # In one order for everybody, or two attempts could wait for each other.
            found = {subject: await _held(connection, subject) for subject in sorted(subjects)}
            wait = max(wait_of(attempts, now) for attempts in found.values())
            if wait:
                return wait
            for subject, free in subjects.items():
                await _keep(connection, subject, after_failure(found[subject], now, free=free))
            await connection.execute(delete(table).where(table.c.last_ms < now - FORGOTTEN_AFTER_MS))
        return 0

    async def succeeded(self, *, login: str, address: str) -> None:
        """The name starts afresh; the address gets back this one attempt only, for others may try from it."""
        async with self._database.writing() as connection:
            await connection.execute(delete(table).where(table.c.subject == _login(login)))
            before = await _held(connection, _address(address))
            await _keep(connection, _address(address), given_back(before, free=FREE_FOR_ADDRESS))

    async def forgive(self, login: str) -> None:
        """Somebody in charge gave this person a new password."""
        async with self._database.writing() as connection:
            await connection.execute(delete(table).where(table.c.subject == _login(login)))


def _login(login: str) -> str:
    """Hashed: people type their password where their name belongs, and this is kept for a day."""
    return f"login:{hashlib.sha256(login.encode()).hexdigest()}"


def _address(address: str) -> str:
    return f"address:{address[:60]}"


async def _held(connection: AsyncConnection, subject: str) -> Attempts:
    """The attempts of the subject, whose row is held until the transaction ends (SQLite has one writer anyway)."""
    fresh = {"subject": subject, "failures": 0, "last_ms": 0, "locked_until_ms": 0}
    await connection.execute(insert_or_ignore(connection, table, "subject"), fresh)
    query = select(table).where(table.c.subject == subject).with_for_update()
    row = (await connection.execute(query)).one()
    return Attempts(failures=row.failures, last_ms=row.last_ms, locked_until_ms=row.locked_until_ms)


async def _keep(connection: AsyncConnection, subject: str, attempts: Attempts) -> None:
    statement = insert_or_update(connection, table, ("subject",), ("failures", "last_ms", "locked_until_ms"))
    values = {
        "subject": subject,
        "failures": attempts.failures,
        "last_ms": attempts.last_ms,
        "locked_until_ms": attempts.locked_until_ms,
    }
    await connection.execute(statement, values)
