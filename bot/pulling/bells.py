"""Bells: a 微信客服 callback says "pull" and nothing else (WeCom 94670). Stored before it is acknowledged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.groups import GroupCommit
from storage.schema import kefu_accounts
from storage.times import now_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """``token`` makes the next pulls of ``account`` cheap for ten minutes after ``rung_ms`` (shop's clock)."""

    account: str
    token: str
    rung_ms: int


def bell_in(fields: Mapping[str, object], rung_ms: int) -> Bell | None:
    """The bell in a decrypted callback; None when it is something else (messages and events of the app)."""
    account, token = fields.get("OpenKfId"), fields.get("Token")
    if str(fields.get("Event")).lower() != "kf_msg_or_event" or not isinstance(account, str):
        return None
    return Bell(account=account, token=token if isinstance(token, str) else "", rung_ms=rung_ms)


_SOON_MS = 5_000


class Bells:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._rings: GroupCommit[Bell, None] = GroupCommit(self._ring)

    async def ring(self, bell: Bell) -> None:
        """Returns once the bell is on disk. Which accounts are pulled is not decided here."""
        await self._rings.submit(bell)

    async def _ring(self, bells: Sequence[Bell]) -> list[None]:
        newest = {bell.account: bell for bell in bells}
        rows = [
            {
                "account": bell.account,
                "bells": 1,
                "bell_token": bell.token,
                "bell_ms": bell.rung_ms,
                "soon_ms": now_ms() + _SOON_MS,
            }
            for _, bell in sorted(newest.items())
        ]
        async with self._database.writing() as connection:
            await connection.execute(_count_up(connection), rows)
        return [None] * len(bells)


def _count_up(connection: AsyncConnection) -> Any:
    return _counting(connection.dialect.name)


@cache
def _counting(dialect: str) -> Any:
    insert = sqlite.insert(kefu_accounts) if dialect == "sqlite" else postgresql.insert(kefu_accounts)
    return insert.on_conflict_do_update(
        index_elements=["account"],
        set_={
            "bells": kefu_accounts.c.bells + 1,
            "bell_token": insert.excluded.bell_token,
            "bell_ms": insert.excluded.bell_ms,
            # The bell brings a token of its own, so an earlier failure need not be waited for to the end.
            "due_ms": case(
                (kefu_accounts.c.due_ms > bindparam("soon_ms"), bindparam("soon_ms")),
                else_=kefu_accounts.c.due_ms,
            ),
        },
    )
