"""Ids that are given once, on SQLite, which gives the highest one again when its row was deleted.

A customer who comes back must not get the number of who was erased: colleagues' pages, and the log of what they did,
call customers by it. And whoever reads the history of tags by id must not miss rows that stand behind what it has read.
PostgreSQL counts on by itself.
"""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.rights.person import Person
from customers.wecom_tags.finding import HISTORY
from storage.customers_schema import identities, population, tag_history

_KIND = "erased"


async def keep_numbers(connection: AsyncConnection, person: Person) -> None:
    """To be called last, by whoever deleted the person's rows."""
    if connection.dialect.name != "sqlite":
        return
    columns = identities.c
    newest = (await connection.execute(select(func.max(columns.id)))).scalar_one() or 0
    highest = max(person.identity_ids, default=0)
    if highest > newest:
        await connection.execute(insert(identities).values(_nobody(highest)))
        await connection.execute(delete(identities).where(columns.kind == _KIND, columns.id < highest))
    last = (await connection.execute(select(func.max(tag_history.c.id)))).scalar_one() or 0
    mine = population.c.key == HISTORY
    read = (await connection.execute(select(population.c.data).where(mine))).scalar_one_or_none()
    if read and int(read) > last:
        await connection.execute(update(population).where(mine).values(data=str(last)))


def _nobody(number: int) -> dict[str, object]:
    """Of no customer: those count from 1."""
    return {
        "id": number,
        "kind": _KIND,
        "key": str(number),
        "customer_id": -number,
        "first_seen_ms": 0,
    }
