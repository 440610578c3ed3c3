"""Where the pulling of each account stands. One puller per account over all processes: a lease, by time.

A page and the cursor behind it are written in one transaction, so that a crash neither loses nor repeats anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import or_, select, update

from bot.inbox import keep
from bot.pulling.contents import Read
from storage.conflicts import insert_or_ignore
from storage.database import Database
from storage.outbox import say_once
from storage.schema import inbox, kefu_accounts, kefu_sessions, messages
from storage.times import now_ms

LEASE_MS = 15_000
"""Longer than one page may take; renewed with each. A dead puller is replaced after this long."""
TOKEN_LIFE_MS = 9 * 60_000
"""A bell's token is good for ten minutes (WeCom 94670)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """The right to pull ``account`` from ``cursor`` on. ``bells`` were rung before it began.

    ``bell_token`` is empty when none is young enough. ``first``: this account has never been pulled to the end.
    """

    account: str
    cursor: str
    bells: int
    bell_token: str
    first: bool
    lease: str
    failures: int


class PullStore:
    def __init__(
        self, database: Database, *, worker: str, accounts: Sequence[str], reconcile_ms: int
    ) -> None:
        """``reconcile_ms``: an account is pulled after this long though no bell rang: bells can be lost."""
        self._database = database
        self._worker = worker
        self._accounts = list(accounts)
        self._reconcile_ms = reconcile_ms

    async def enrol(self) -> None:
        """Makes the accounts of the configuration known."""
        async with self._database.writing() as connection:
            statement = insert_or_ignore(connection, kefu_accounts, "account")
            await connection.execute(statement, [{"account": account} for account in sorted(self._accounts)])

    async def claim(self, business_ms: int) -> list[Pull]:
        """Takes every account that wants pulling and that nobody pulls. ``business_ms``: by the shop's clock."""
        now = now_ms()
        lease = f"{self._worker}:{secrets.token_hex(6)}"
        table = kefu_accounts.c
        wanted = (
            select(kefu_accounts)
            .where(table.account.in_(self._accounts), table.lease_until_ms <= now, table.due_ms <= now)
            .where(or_(table.bells > table.served_bells, table.pulled_ms <= now - self._reconcile_ms))
            .order_by(table.account)
            .with_for_update(skip_locked=True)
        )
        async with self._database.writing() as connection:
            rows = (await connection.execute(wanted)).all()
            if rows:
                await connection.execute(
                    update(kefu_accounts)
                    .where(table.account.in_([row.account for row in rows]))
                    .values(lease_token=lease, lease_until_ms=now + LEASE_MS)
                )
        return [_pull(row, lease, business_ms) for row in rows]

    async def keep_page(self, pull: Pull, read: Read, next_cursor: str) -> Pull | None:
        """The page and its cursor, or neither. None: somebody else pulls this account now."""
        now = now_ms()
        async with self._database.writing() as connection:
            moved = await connection.execute(
                update(kefu_accounts)
                .where(*_ours(pull))
                .values(cursor=next_cursor, lease_until_ms=now + LEASE_MS, failures=0)
            )
            if not moved.rowcount:
                return None
            fresh = await keep(connection, read.arrivals) if read.arrivals else {}
            if read.recalled:
                await connection.execute(
                    update(inbox)
                    .where(inbox.c.key.in_(read.recalled), inbox.c.state == "waiting")
                    .values(state="done", error="recalled")
                )
            changed = [name for key, name in read.sessions_changed if key in fresh]
            if changed:
                await connection.execute(
                    update(kefu_sessions)
                    .where(kefu_sessions.c.conversation_id.in_(changed))
                    .values(state=None)
                )
            lines = [line for line in read.history if line["key"] in fresh]
            if lines:
                await connection.execute(insert_or_ignore(connection, messages, "key"), lines)
            for key, draft in read.said_at_once:
                if key in fresh:
                    await say_once(connection, draft)
        return replace(pull, cursor=next_cursor, failures=0)

    async def finish(self, pull: Pull) -> None:
        """Everything that was there is stored. Bells that rang meanwhile lead to another pull."""
        await self._end(pull, served_bells=pull.bells, pulled_ms=now_ms(), failures=0)

    async def pause(self, pull: Pull, *, seconds: float) -> None:
        """It failed; whoever comes next continues behind the last stored page, after ``seconds``."""
        await self._end(pull, due_ms=now_ms() + int(seconds * 1000), failures=pull.failures + 1)

    async def _end(self, pull: Pull, **values: Any) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                update(kefu_accounts).where(*_ours(pull)).values(lease_token=None, lease_until_ms=0, **values)
            )


def _ours(pull: Pull) -> tuple[Any, ...]:
    return kefu_accounts.c.account == pull.account, kefu_accounts.c.lease_token == pull.lease


def _pull(row: Any, lease: str, business_ms: int) -> Pull:
    young = row.bell_token and 0 <= business_ms - row.bell_ms < TOKEN_LIFE_MS
    return Pull(
        account=row.account,
        cursor=row.cursor,
        bells=row.bells,
        bell_token=row.bell_token if young else "",
        first=row.pulled_ms == 0,
        lease=lease,
        failures=row.failures,
    )
