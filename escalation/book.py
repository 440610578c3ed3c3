"""The cases as staff use them: what waits, taking one, closing one; each in a short transaction of its own."""

from __future__ import annotations

from datetime import datetime

from escalation import store
from escalation.cases import Case, CaseKey
from escalation.store import OpenCases
from storage.database import Database


class CaseBook:
    """Every method may be repeated without harm: what was done is found done."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, limit: int) -> OpenCases:
        async with self._database.reading() as connection:
            first = await store.open_cases(connection, limit)
            return OpenCases(count=await store.count_open(connection), first=tuple(first))

    async def taken_by(self, member: str, limit: int) -> tuple[Case, ...]:
        """What ``member`` looks after, the longest waiting first."""
        async with self._database.reading() as connection:
            return tuple(await store.cases_of(connection, member, limit))

    async def take(self, key: CaseKey, member: str, now: datetime) -> Case | None:
        """The case as it is now: look at ``taken_by`` to see who has it. None: there is no such case."""
        async with self._database.writing() as connection:
            return await store.take_case(connection, key, member, now)

    async def close(self, key: CaseKey, member: str, now: datetime) -> Case | None:
        """The case as it is now: look at ``state``. None: there is no such case."""
        async with self._database.writing() as connection:
            return await store.close_case(connection, key, member, now)
