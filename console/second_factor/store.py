"""Second factors in SQL. Every change is written with its entry in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from console.accounts.account import Account
from console.accounts.store import Doer
from console.audit.chain import Act
from console.audit.log import AuditLog
from console.second_factor.keys import FactorKeys
from console.second_factor.recovery import is_recovery, new_codes, plain
from console.second_factor.totp import matching_step, new_secret
from storage.conflicts import insert_or_ignore
from storage.console_schema import console_recovery_codes as codes
from storage.console_schema import console_second_factors as table
from storage.console_schema import console_sessions
from storage.database import Database

BEGUN_FOR_MS = 30 * 60_000
"""A secret that was shown and not taken up is forgotten after this."""


class Proof(StrEnum):
    """What somebody has shown."""

    CODE = "code"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """Somebody's second factor; ``codes_left``: recovery codes not used yet."""

    enrolled_ms: int
    codes_left: int


class SecondFactorStore:
    """Without ``keys`` factors can be looked at and removed, and nobody can enrol or prove anything."""

    def __init__(
        self, database: Database, audit: AuditLog, keys: FactorKeys | None, *, now: Callable[[], int]
    ) -> None:
        self._database = database
        self._audit = audit
        self._keys = keys
        self._now = now

    async def of(self, account_id: int) -> Factor | None:
        """None: this person has not enrolled."""
        left = select(func.count()).where(codes.c.account_id == account_id, codes.c.used_ms.is_(None))
        query = select(table.c.enrolled_ms, left.scalar_subquery().label("codes_left")).where(
            table.c.account_id == account_id, table.c.enrolled_ms.is_not(None)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else Factor(enrolled_ms=row.enrolled_ms, codes_left=row.codes_left)

    async def begin(self, account_id: int) -> None:
        """A new secret to be shown, in place of one not taken up; nothing changes for who has enrolled."""
        if self._keys is None:
            return
        values = {
            "account_id": account_id,
            "secret": self._keys.sealed(account_id, new_secret()),
            "begun_ms": self._now(),
        }
        async with self._database.writing() as connection:
            not_taken_up = (table.c.account_id == account_id) & table.c.enrolled_ms.is_(None)
            await connection.execute(delete(table).where(not_taken_up))
            await connection.execute(insert_or_ignore(connection, table, "account_id"), values)

    async def begun(self, account_id: int) -> str | None:
        """The secret that is being shown; None: there is none."""
        async with self._database.reading() as connection:
            return self._fresh(await _row(connection, account_id), account_id)

    async def enrol(self, account: Account, code: str, *, session: str, by: Doer) -> tuple[str, ...] | None:
        """The recovery codes, never to be had again, when ``code`` belongs to the secret shown; None: it does not."""
        now = self._now()
        async with self._database.writing() as connection:
            row = await _row(connection, account.id, hold=True)
            secret = self._fresh(row, account.id)
            step = None if secret is None else matching_step(secret, plain(code), now_ms=now, after_step=0)
            if step is None or self._keys is None:
                return None
            mine = update(table).where(table.c.account_id == account.id)
            await connection.execute(mine.values(enrolled_ms=now, last_step=step))
            await _answered(connection, session, now)
            fresh = await self._give_codes(connection, self._keys, account.id)
            await self._log(connection, by, "second_factor.enrolled", account)
        return fresh

    async def prove(
        self, account: Account, code: str, *, session: str, by: Doer, purpose: str
    ) -> Proof | None:
        """Uses up the code, and notes in the session that it was given; None: it is not right, or was used before.

        ``purpose`` is the path of the act, for the log.
        """
        now = self._now()
        code = plain(code)
        async with self._database.writing() as connection:
            row = await _row(connection, account.id, hold=True)
            proof = None
            if self._keys is not None and row is not None and row["enrolled_ms"] is not None:
                right = self._use_recovery if is_recovery(code) else self._use_code
                proof = await right(connection, self._keys, row, code, now)
            if proof is None:
                await self._log(connection, by, "second_factor.refused", account, {"purpose": purpose})
                return None
            await _answered(connection, session, now)
            details = {"purpose": purpose, "way": proof.value}
            await self._log(connection, by, "second_factor.given", account, details)
        return proof

    async def renew_codes(self, account: Account, by: Doer) -> tuple[str, ...]:
        """Ten new recovery codes; the ones before open nothing any more. Empty for who has not enrolled."""
        async with self._database.writing() as connection:
            row = await _row(connection, account.id, hold=True)
            if self._keys is None or row is None or row["enrolled_ms"] is None:
                return ()
            fresh = await self._give_codes(connection, self._keys, account.id)
            await self._log(connection, by, "second_factor.codes_renewed", account)
        return fresh

    async def remove(self, account: Account, by: Doer) -> bool:
        """This person has no second factor any more. False: there was none."""
        async with self._database.writing() as connection:
            removed = await connection.execute(delete(table).where(table.c.account_id == account.id))
            await connection.execute(delete(codes).where(codes.c.account_id == account.id))
            theirs = update(console_sessions).where(console_sessions.c.account_id == account.id)
            await connection.execute(theirs.values(answered_ms=None))
            if not removed.rowcount:
                return False
            act = "second_factor.removed" if by.login == account.login else "second_factor.reset"
            await self._log(connection, by, act, account)
        return True

    def _fresh(self, row: RowMapping | None, account_id: int) -> str | None:
        if row is None or row["enrolled_ms"] is not None or self._keys is None:
            return None
        if self._now() - row["begun_ms"] >= BEGUN_FOR_MS:
            return None
        return self._keys.opened(account_id, row["secret"])

    async def _use_code(
        self, connection: AsyncConnection, keys: FactorKeys, row: RowMapping, code: str, now: int
    ) -> Proof | None:
        secret = keys.opened(row["account_id"], row["secret"])
        if secret is None:
            return None
        step = matching_step(secret, code, now_ms=now, after_step=row["last_step"])
        if step is None:
            return None
        mine = (table.c.account_id == row["account_id"]) & (table.c.last_step < step)
        used = await connection.execute(update(table).where(mine).values(last_step=step))
        return Proof.CODE if used.rowcount else None

    async def _use_recovery(
        self, connection: AsyncConnection, keys: FactorKeys, row: RowMapping, code: str, now: int
    ) -> Proof | None:
        account_id = row["account_id"]
        this = (codes.c.account_id == account_id) & (codes.c.code_hash == keys.hashed(account_id, code))
        used = await connection.execute(
            update(codes).where(this, codes.c.used_ms.is_(None)).values(used_ms=now)
        )
        return Proof.RECOVERY if used.rowcount else None

    async def _give_codes(
        self, connection: AsyncConnection, keys: FactorKeys, account_id: int
    ) -> tuple[str, ...]:
        fresh = new_codes()
        await connection.execute(delete(codes).where(codes.c.account_id == account_id))
        rows = [
            {"account_id": account_id, "code_hash": keys.hashed(account_id, plain(code))} for code in fresh
        ]
        await connection.execute(insert(codes), rows)
        return fresh

    async def _log(
        self,
        connection: AsyncConnection,
        by: Doer,
        act: str,
        account: Account,
        details: Mapping[str, object] | None = None,
    ) -> None:
        entry = Act(
            actor=by.login,
            act=act,
            subject=f"account:{account.id}",
            details={"login": account.login, **(details or {})},
            address=by.address,
        )
        await self._audit.append(connection, entry)


async def _row(connection: AsyncConnection, account_id: int, *, hold: bool = False) -> RowMapping | None:
    query = select(table).where(table.c.account_id == account_id)
    if hold:
        query = query.with_for_update()
    return (await connection.execute(query)).mappings().one_or_none()


async def _answered(connection: AsyncConnection, session: str, now: int) -> None:
    this = update(console_sessions).where(console_sessions.c.token_hash == session)
    await connection.execute(this.values(answered_ms=now))
