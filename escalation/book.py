"""The cases as staff use them in WeCom: what waits, taking one, closing one; each in a short transaction of its own.

Where our desk serves, to take a case there is to take the customer on at the desk, and to close it is to end their
service: the two never say different things.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from escalation import service_store, serving, store
from escalation.cases import Case, CaseKey
from escalation.ownership import Busy
from escalation.routing import Tier
from escalation.service import Ending, NotNow
from escalation.serving import Moment
from escalation.store import OpenCases
from escalation.survey import NO_SURVEY, Survey
from storage.console_schema import console_accounts
from storage.database import Database
from storage.times import now_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDesk:
    """The customer is served at our desk, and not from here: the member has no account there, or must try again.

    ``busy``: the bot is just saying something; in a few seconds it can be taken.
    """

    busy: bool = False


class CaseBook:
    """Every method may be repeated without harm: what was done is found done."""

    def __init__(
        self, database: Database, *, real_ms: Callable[[], int] = now_ms, survey: Survey = NO_SURVEY
    ) -> None:
        self._database = database
        self._real_ms = real_ms
        self._survey = survey

    async def waiting(self, limit: int) -> OpenCases:
        async with self._database.reading() as connection:
            first = await store.open_cases(connection, limit)
            return OpenCases(count=await store.count_open(connection), first=tuple(first))

    async def taken_by(self, member: str, limit: int) -> tuple[Case, ...]:
        """What ``member`` looks after, the longest waiting first: taken here, or at the desk."""
        async with self._database.reading() as connection:
            login = await _login(connection, member)
            names = [member] if login is None else [member, login]
            found = [each for name in names for each in await store.cases_of(connection, name, limit)]
            found.sort(key=lambda case: (case.opened_at, case.key))
            return tuple(_as_theirs(case, member, login) for case in found[:limit])

    async def take(self, key: CaseKey, member: str, now: datetime) -> Case | AtDesk | None:
        """The case as it is now: look at ``taken_by`` to see who has it. None: there is no such case."""
        async with self._database.writing() as connection:
            service = await service_store.by_key(connection, key)
            if service is None:
                return await store.take_case(connection, key, member, now)
            login = await _login(connection, member)
            if login is None:
                return AtDesk()
            try:
                done = await serving.claim(
                    connection, service.conversation_id, login, Tier.CHOSEN, self._moment(now)
                )
            except NotNow:
                return await _case(connection, key, member, login)
            return (
                AtDesk(busy=True) if isinstance(done, Busy) else await _case(connection, key, member, login)
            )

    async def close(self, key: CaseKey, member: str, now: datetime) -> Case | AtDesk | None:
        """The case as it is now: look at ``state``. None: there is no such case."""
        async with self._database.writing() as connection:
            service = await service_store.by_key(connection, key)
            if service is None:
                return await store.close_case(connection, key, member, now)
            login = await _login(connection, member)
            if login is None:
                return AtDesk()
            with suppress(NotNow):  # a colleague serves the customer: the case says who
                await serving.end(
                    connection,
                    service.conversation_id,
                    by=login,
                    ending=Ending.SOLVED,
                    at=self._moment(now),
                    survey=self._survey,
                )
            return await _case(connection, key, member, login)

    def _moment(self, now: datetime) -> Moment:
        return Moment(now=now, real_ms=self._real_ms())


async def _login(connection: AsyncConnection, member: str) -> str | None:
    """The member's account at the desk; WeCom does not tell capitals apart."""
    query = select(console_accounts.c.login).where(
        func.lower(console_accounts.c.wecom_userid) == member.lower(), console_accounts.c.disabled == 0
    )
    login: str | None = (await connection.execute(query)).scalar_one_or_none()
    return login


async def _case(connection: AsyncConnection, key: CaseKey, member: str, login: str) -> Case | None:
    case = await store.case_of(connection, key)
    return None if case is None else _as_theirs(case, member, login)


def _as_theirs(case: Case, member: str, login: str | None) -> Case:
    """The account of the member at the desk is the member."""
    if login is None:
        return case
    taken_by = member if case.taken_by == login else case.taken_by
    closed_by = member if case.closed_by == login else case.closed_by
    return replace(case, taken_by=taken_by, closed_by=closed_by)
