"""Accounts in SQL. Every change is written with its entry in the log, and ends the sessions that it must end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from console.accounts.account import Account, NewAccount
from console.audit.chain import Act
from console.audit.log import AuditLog
from console.permissions import Role
from conversations.errors import XiaoerError
from storage.console_schema import console_accounts as table
from storage.console_schema import console_sessions
from storage.database import Database
from storage.times import now_ms


class AlreadyThere(XiaoerError):
    """Another account has this login name or this userid."""


class LastAdmin(XiaoerError):
    """Nobody would be left who may manage people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doer:
    """Who changes an account: ``login``, from ``address`` (empty for commands)."""

    login: str
    address: str = ""


class AccountStore:
    def __init__(self, database: Database, audit: AuditLog, *, now: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._audit = audit
        self._now = now

    async def count(self) -> int:
        async with self._database.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())

    async def all(self) -> list[Account]:
        """Everybody, those who may come in first, by login name."""
        query = select(table).order_by(table.c.disabled, table.c.login)
        async with self._database.reading() as connection:
            return [account_of(row) for row in (await connection.execute(query)).mappings()]

    async def get(self, account_id: int) -> Account | None:
        return await self._one(table.c.id == account_id)

    async def by_login(self, login: str) -> Account | None:
        return await self._one(table.c.login == login)

    async def by_wecom(self, userid: str) -> Account | None:
        """The account that a member of 企业微信 has; the platform writes userids in one case, we compare any."""
        return await self._one(func.lower(table.c.wecom_userid) == userid.lower())

    async def password_hash(self, login: str) -> str | None:
        query = select(table.c.password_hash).where(table.c.login == login)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def add(self, new: NewAccount, by: Doer) -> Account:
        """Raises AlreadyThere."""
        values = {
            "login": new.login,
            "name": new.name,
            "roles": _stored(new.roles),
            "password_hash": new.password_hash,
            "must_change": int(new.must_change),
            "wecom_userid": new.wecom_userid,
            "created_ms": self._now(),
        }
        try:
            async with self._database.writing() as connection:
                inserted = await connection.execute(insert(table).values(**values).returning(table.c.id))
                account_id = int(inserted.scalar_one())
                details = {"login": new.login, "roles": sorted(new.roles)}
                await self._log(connection, by, "person.added", account_id, details)
                return await _held(connection, account_id)
        except IntegrityError as error:
            raise AlreadyThere from error

    async def change(
        self, account_id: int, *, name: str, roles: frozenset[Role], wecom_userid: str | None, by: Doer
    ) -> None:
        """Other roles end this person's sessions. Raises AlreadyThere, LastAdmin."""
        try:
            async with self._database.writing() as connection:
                await _hold_everybody(connection)
                before = await _held(connection, account_id)
                changed = {"name": name, "roles": _stored(roles), "wecom_userid": wecom_userid}
                await _set(connection, account_id, changed)
                await _keep_an_admin(connection)
                if roles != before.roles:
                    await _end_sessions(connection, account_id)
                details = {
                    "login": before.login,
                    "roles_before": sorted(before.roles),
                    "roles": sorted(roles),
                    "renamed": name != before.name,
                    "wecom_changed": wecom_userid != before.wecom_userid,
                }
                await self._log(connection, by, "person.changed", account_id, details)
        except IntegrityError as error:
            raise AlreadyThere from error

    async def disable(self, account_id: int, by: Doer) -> None:
        """Ends all sessions. Raises LastAdmin."""
        async with self._database.writing() as connection:
            await _hold_everybody(connection)
            before = await _held(connection, account_id)
            await _set(connection, account_id, {"disabled": 1})
            await _keep_an_admin(connection)
            await _end_sessions(connection, account_id)
            await self._log(connection, by, "person.disabled", account_id, {"login": before.login})

    async def enable(self, account_id: int, by: Doer) -> None:
        async with self._database.writing() as connection:
            before = await _held(connection, account_id)
            await _set(connection, account_id, {"disabled": 0})
            await self._log(connection, by, "person.enabled", account_id, {"login": before.login})

    async def set_password(
        self,
        account_id: int,
        password_hash: str,
        *,
        by: Doer,
        must_change: bool = False,
        except_session: str | None = None,
    ) -> None:
        """Ends all sessions but the one whose token hash is ``except_session``."""
        async with self._database.writing() as connection:
            before = await _held(connection, account_id)
            await _set(
                connection, account_id, {"password_hash": password_hash, "must_change": int(must_change)}
            )
            await _end_sessions(connection, account_id, but=except_session)
            act = "password.changed" if by.login == before.login else "password.reset"
            await self._log(connection, by, act, account_id, {"login": before.login})

    async def rehash(self, account_id: int, password_hash: str) -> None:
        """The same password, hashed with today's parameters."""
        async with self._database.writing() as connection:
            await _set(connection, account_id, {"password_hash": password_hash})

    async def _one(self, condition: ColumnElement[bool]) -> Account | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(table).where(condition))).mappings().one_or_none()
        return None if row is None else account_of(row)

    async def _log(
        self, connection: AsyncConnection, by: Doer, act: str, account_id: int, details: Mapping[str, object]
    ) -> None:
        entry = Act(
            actor=by.login, act=act, subject=f"account:{account_id}", details=details, address=by.address
        )
        await self._audit.append(connection, entry)


def account_of(row: Any) -> Account:
    """The account in a row of the table, or of a join that has all of its columns."""
    return Account(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        roles=frozenset(Role(role) for role in row["roles"].split(",")),
        has_password=row["password_hash"] is not None,
        must_change=bool(row["must_change"]),
        wecom_userid=row["wecom_userid"],
        disabled=bool(row["disabled"]),
        created_ms=row["created_ms"],
        signed_in_ms=row["signed_in_ms"],
    )


def _stored(roles: frozenset[Role]) -> str:
    return ",".join(sorted(roles))


async def _held(connection: AsyncConnection, account_id: int) -> Account:
    """The account, held until the transaction ends. Raises LookupError when there is none."""
    query = select(table).where(table.c.id == account_id).with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise LookupError(f"no account {account_id}")
    return account_of(row)


async def _set(connection: AsyncConnection, account_id: int, values: Mapping[str, object]) -> None:
    await connection.execute(update(table).where(table.c.id == account_id).values(**values))


async def _end_sessions(connection: AsyncConnection, account_id: int, *, but: str | None = None) -> None:
    ending = delete(console_sessions).where(console_sessions.c.account_id == account_id)
    if but is not None:
        ending = ending.where(console_sessions.c.token_hash != but)
    await connection.execute(ending)


async def _hold_everybody(connection: AsyncConnection) -> None:
    """Two admins cannot remove each other at once: whoever changes one account holds all, in one order, from the start.

    Holding one account first, and the others later, would make two such changes wait for each other.
    """
    await connection.execute(select(table.c.id).order_by(table.c.id).with_for_update())


async def _keep_an_admin(connection: AsyncConnection) -> None:
    """Raises LastAdmin. To be called by whoever holds everybody."""
    everybody = (await connection.execute(select(table.c.roles).where(table.c.disabled == 0))).scalars()
    if not any(Role.ADMIN in roles.split(",") for roles in everybody):
        raise LastAdmin
