"""Customers to be looked at in WeCom: put here by whoever hears of them, taken by the keeper, gone when done.

Whoever takes one holds it for a while, and becomes nobody when it is told of again: then somebody looks once more. A
process that dies in the middle leaves its customers to the next one.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bulk import insert_rows
from storage.customers_tags_schema import wecom_tags_waiting as table

TAG_LIST = "tag-list"
"""Waits in the place of a customer when tags were renamed or deleted. No external_userid is like it: they start
with ``wm`` or ``wo``."""
HOLD_MS = 120_000


@dataclass(frozen=True, slots=True)
class Taken:
    external_userid: str
    mark: str


async def put(connection: AsyncConnection, external_userids: Collection[str], now_ms: int) -> None:
    """To be looked at now; those who are being looked at will be once more."""
    rows = [{"external_userid": each, "due_ms": now_ms, "mark": _mark()} for each in sorted(external_userids)]
    await insert_rows(connection, table, rows, unique=("external_userid",), update=("due_ms", "mark"))


async def anybody_due(connection: AsyncConnection, now_ms: int) -> bool:
    query = select(table.c.external_userid).where(table.c.due_ms <= now_ms).limit(1)
    return (await connection.execute(query)).first() is not None


async def take(connection: AsyncConnection, limit: int, now_ms: int) -> list[Taken]:
    """Those due longest; nobody else gets them for two minutes."""
    due = select(table.c.external_userid).where(table.c.due_ms <= now_ms).order_by(table.c.due_ms)
    found = (await connection.execute(due.limit(limit).with_for_update(skip_locked=True))).scalars().all()
    taken = [Taken(each, _mark()) for each in found]
    for each in taken:
        mine = table.c.external_userid == each.external_userid
        await connection.execute(update(table).where(mine).values(due_ms=now_ms + HOLD_MS, mark=each.mark))
    return taken


async def done(connection: AsyncConnection, taken: Taken) -> bool:
    """False: told of again, or taken by another since. What was found is then out of date, and not to be kept."""
    return bool((await connection.execute(delete(table).where(*_is(taken)))).rowcount)


async def put_off(connection: AsyncConnection, taken: Taken, due_ms: int) -> None:
    await connection.execute(update(table).where(*_is(taken)).values(due_ms=due_ms))


def _is(taken: Taken) -> tuple[ColumnElement[bool], ...]:
    return table.c.external_userid == taken.external_userid, table.c.mark == taken.mark


def _mark() -> str:
    return secrets.token_hex(8)
