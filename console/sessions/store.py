"""Sessions in SQL, so that any process knows them and a restart ends none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import RowMapping, delete, insert, select, update

from console.accounts.account import Account
from console.accounts.store import account_of
from console.sessions.session import Lifetime, Session, Way, key_of, new_token
from storage.console_schema import console_accounts
from storage.console_schema import console_sessions as table
from storage.database import Database
from storage.times import now_ms

_SEEN_AGAIN_AFTER_MS = 30_000
"""Being seen is written this often at most; the idle time is that much shorter for it."""
_MOST_FLASHES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """A word on what was just done, shown once on the next page. ``kind``: success, warning or danger."""

    text: str
    kind: str = "success"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A session that is alive, whose it is, and what the next page shall say."""

    session: Session
    account: Account
    flashes: tuple[Flash, ...]


class SessionStore:
    def __init__(self, database: Database, lifetime: Lifetime, *, now: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._lifetime = lifetime
        self._now = now

    async def begin(self, account_id: int, *, way: Way, address: str, browser: str) -> str:
        """A new session for somebody who has just proved who they are; returns its token. Clears away what is over."""
        token, now = new_token(), self._now()
        values = {
            "token_hash": key_of(token),
            "account_id": account_id,
            "way": way,
            "address": address[:60],
            "browser": browser[:200],
            "created_ms": now,
            "seen_ms": now,
        }
        signed_in = update(console_accounts).where(console_accounts.c.id == account_id)
        over = (table.c.created_ms <= now - self._lifetime.whole_ms) | (
            table.c.seen_ms <= now - self._lifetime.idle_ms
        )
        async with self._database.writing() as connection:
            await connection.execute(delete(table).where(over))
            await connection.execute(insert(table).values(**values))
            await connection.execute(signed_in.values(signed_in_ms=now))
        return token

    async def find(self, token: str) -> Found | None:
        """The session of this token and its person; None when it is over, ended, or its person may not come in."""
        now, key = self._now(), key_of(token)
        query = (
            select(table, console_accounts)
            .join(console_accounts, console_accounts.c.id == table.c.account_id)
            .where(table.c.token_hash == key, console_accounts.c.disabled == 0)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        if row is None:
            return None
        created, seen = row[table.c.created_ms], row[table.c.seen_ms]
        if self._lifetime.is_over(created_ms=created, seen_ms=seen, now_ms=now):
            return None
        if now - seen > min(_SEEN_AGAIN_AFTER_MS, self._lifetime.idle_ms // 4):
            async with self._database.writing() as connection:
                await connection.execute(update(table).where(table.c.token_hash == key).values(seen_ms=now))
        account = account_of({column.name: row[column] for column in console_accounts.columns})
        return Found(session=_session(row), account=account, flashes=_flashes(row[table.c.flash]))

    async def of_account(self, account_id: int) -> list[Session]:
        """The sessions that are alive, the last used first."""
        now = self._now()
        query = select(table).where(table.c.account_id == account_id).order_by(table.c.seen_ms.desc())
        async with self._database.reading() as connection:
            sessions = [_session(row) for row in (await connection.execute(query)).mappings()]
        return [
            one
            for one in sessions
            if not self._lifetime.is_over(created_ms=one.created_ms, seen_ms=one.seen_ms, now_ms=now)
        ]

    async def end(self, account_id: int, key: str) -> bool:
        """Ends one session of this account. False: there was none."""
        mine = (table.c.account_id == account_id) & (table.c.token_hash == key)
        async with self._database.writing() as connection:
            ended = await connection.execute(delete(table).where(mine))
        return ended.rowcount > 0

    async def end_all(self, account_id: int, *, but: str | None = None) -> int:
        """Ends every session of the account but ``but``; returns how many."""
        ending = delete(table).where(table.c.account_id == account_id)
        if but is not None:
            ending = ending.where(table.c.token_hash != but)
        async with self._database.writing() as connection:
            return (await connection.execute(ending)).rowcount

    async def say(self, key: str, flash: Flash) -> None:
        """Adds a word for the next page of this session."""
        async with self._database.writing() as connection:
            query = select(table.c.flash).where(table.c.token_hash == key).with_for_update()
            before = _flashes((await connection.execute(query)).scalar_one_or_none())
            kept = [{"text": one.text, "kind": one.kind} for one in [*before, flash][-_MOST_FLASHES:]]
            stored = json.dumps(kept, ensure_ascii=False)
            await connection.execute(update(table).where(table.c.token_hash == key).values(flash=stored))

    async def said(self, key: str) -> None:
        """The page has shown the words."""
        async with self._database.writing() as connection:
            await connection.execute(update(table).where(table.c.token_hash == key).values(flash=None))


def _session(row: RowMapping) -> Session:
    return Session(
        key=row[table.c.token_hash],
        account_id=row[table.c.account_id],
        way=row[table.c.way],
        address=row[table.c.address],
        browser=row[table.c.browser],
        created_ms=row[table.c.created_ms],
        seen_ms=row[table.c.seen_ms],
        answered_ms=row[table.c.answered_ms],
    )


def _flashes(stored: str | None) -> tuple[Flash, ...]:
    return tuple(Flash(text=one["text"], kind=one["kind"]) for one in json.loads(stored or "[]"))
