"""Pages as the puller reads them, for accounts of a test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.sql.expression import FromClause

from bot.pulling.contents import Item, Read, read_page
from bot.pulling.store import Pull, PullStore
from channels.kefu import items
from handlers.at_once import at_once
from storage.database import Database
from storage.schema import kefu_accounts
from storage.times import now_ms, to_ms
from tests.unit.channels.kefu.pulled import ACCOUNT, NOW

GREET = at_once(shop_name="禾野集", samples=())
RECONCILE_MS = 60_000


def puller(database: Database, worker: str = "one", *, accounts: tuple[str, ...] = (ACCOUNT,)) -> PullStore:
    return PullStore(database, worker=worker, accounts=accounts, reconcile_ms=RECONCILE_MS)


def page(*bodies: Mapping[str, Any], first: bool = False, now: datetime = NOW) -> Read:
    found = [
        Item(body=body, inbound=items.read(body, items.key_of(body, ACCOUNT), received_at=now))
        for body in bodies
    ]
    return read_page(found, first=first, at_once=GREET, now=now, real_ms=now_ms())


async def claim_one(store: PullStore, now: datetime = NOW) -> Pull:
    (pull,) = await store.claim(to_ms(now))
    return pull


async def rows(database: Database, table: FromClause) -> list[Any]:
    async with database.reading() as connection:
        return list(await connection.execute(select(table).order_by(*table.primary_key)))


async def account(database: Database) -> Any:
    """The only account's row."""
    (row,) = await rows(database, kefu_accounts)
    return row


async def change_account(database: Database, **values: Any) -> None:
    """As if time had passed, or another process had done something."""
    async with database.writing() as connection:
        await connection.execute(update(kefu_accounts).values(**values))
