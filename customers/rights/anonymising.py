"""What stays of tables that are not the person's alone, or that the law wants kept: rows without the person."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.events.event import EventKind
from customers.rights.holdings import Holding
from customers.rights.person import Person
from customers.rights.saying import heard_keys, keep_hidden, new_mark
from storage.bulk import update_rows
from storage.consents_schema import consents
from storage.customers_schema import events
from storage.groups_schema import customer_groups, mass_tasks
from storage.mall_schema import mall_changes
from storage.schema import mall_orders
from storage.times import to_ms

NOBODY = 0
"""The identity of transactions that are kept without a person; identities count from 1."""
KEPT_FOR = timedelta(days=3 * 366)
"""Three years at least (电子商务法, article 31)."""

_TRANSACTIONS = (EventKind.ORDER.value, EventKind.PAY.value, EventKind.REFUND.value)
_KEPT_OF_THEM = ("order_no", "amount_fen", "item", "category")

Anonymise = Callable[[AsyncConnection, Holding, Person, datetime], Awaitable[int]]
"""Returns how many rows of the person there were."""


async def without_buyer(connection: AsyncConnection, holding: Holding, person: Person, now: datetime) -> int:
    """Orders, payments and refunds of the last three years lose who and everything said; other events go."""
    columns = events.c
    lasting = columns.at_ms >= to_ms(now - KEPT_FOR)
    mine = holding.mine(person)
    kept = select(events).where(mine, lasting, columns.kind.in_(_TRANSACTIONS))
    rows = [
        {
            "id": row.id,
            "event_id": "erased:" + hashlib.sha256(f"{row.source}:{row.event_id}".encode()).hexdigest()[:40],
            "identity_id": NOBODY,
            "data": _transaction(row.data),
        }
        for row in await connection.execute(kept)
    ]
    await update_rows(connection, events, rows, by="id")
    gone = await connection.execute(delete(events).where(mine))
    await connection.execute(delete(events).where(columns.identity_id == NOBODY, ~lasting))
    return len(rows) + gone.rowcount


async def without_speaker(
    connection: AsyncConnection, holding: Holding, person: Person, now: datetime
) -> int:
    """What they said goes; that something stands withdrawn stays, under names that nobody can read."""
    mark = new_mark("erased")
    await keep_hidden(connection, person.names, person.conversations, mark, to_ms(now))
    said = ~consents.c.key.startswith(heard_keys(mark), autoescape=True)
    return (await connection.execute(delete(consents).where(holding.mine(person), said))).rowcount


async def without_asker(connection: AsyncConnection, holding: Holding, person: Person, _: datetime) -> int:
    """What the demo mall was asked to change: that it was, not by whom nor in what words."""
    ids = (await connection.execute(select(mall_changes.c.id).where(holding.mine(person)))).scalars().all()
    rows = [
        {"id": each, "key": f"erased:{each}", "customer_ref": "", "details": "{}", "text": ""} for each in ids
    ]
    await update_rows(connection, mall_changes, rows, by="id")
    return len(rows)


async def without_owner(connection: AsyncConnection, holding: Holding, person: Person, _: datetime) -> int:
    """Orders of the demo mall, without the parcel's number, which leads to an address."""
    columns = mall_orders.c
    found = await connection.execute(select(columns.number, columns.body).where(holding.mine(person)))
    rows = [{"number": row.number, "owner_ref": None, "body": _without_parcel(row.body)} for row in found]
    await update_rows(connection, mall_orders, rows, by="number")
    return len(rows)


async def without_receiver(connection: AsyncConnection, holding: Holding, person: Person, _: datetime) -> int:
    names = set(person.external_userids)
    columns = mass_tasks.c
    found = await connection.execute(
        select(columns.key, columns.receivers, columns.left_out).where(holding.mine(person))
    )
    rows = [
        {
            "key": row.key,
            "receivers": _listed(row.receivers, names),
            "left_out": _listed(row.left_out, names),
        }
        for row in found
    ]
    await update_rows(connection, mass_tasks, rows, by="key")
    return len(rows)


async def without_member(connection: AsyncConnection, holding: Holding, person: Person, _: datetime) -> int:
    """The mirror of a group; 企业微信 tells who is in it whenever the group is read again."""
    names = set(person.external_userids)
    columns = customer_groups.c
    found = await connection.execute(select(columns.chat_id, columns.roster).where(holding.mine(person)))
    rows = [{"chat_id": row.chat_id, "roster": _roster(row.roster, names)} for row in found]
    await update_rows(connection, customer_groups, rows, by="chat_id")
    return len(rows)


ANONYMISING: Mapping[str, Anonymise] = {
    "customer_events": without_buyer,
    "consents": without_speaker,
    "mall_changes": without_asker,
    "mall_orders": without_owner,
    "mass_tasks": without_receiver,
    "customer_groups": without_member,
}
"""By table."""


def _transaction(data: str) -> str:
    told: dict[str, Any] = orjson.loads(data)
    kept = {name: told[name] for name in _KEPT_OF_THEM if name in told}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()


def _without_parcel(body: str) -> str:
    told: dict[str, Any] = orjson.loads(body)
    return orjson.dumps(told | {"tracking_no": None}).decode()


def _listed(text: str, names: Collection[str]) -> str:
    return orjson.dumps([each for each in orjson.loads(text) if each not in names]).decode()


def _roster(text: str, names: Collection[str]) -> str:
    roster: dict[str, Any] = orjson.loads(text)
    members = [each for each in roster.get("members", []) if each.get("id") not in names]
    inviter = [each | {"invited_by": ""} if each.get("invited_by") in names else each for each in members]
    return orjson.dumps(roster | {"members": inviter}).decode()
