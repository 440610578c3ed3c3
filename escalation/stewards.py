"""VIP 管家: each customer of high value has one agent of their own. Inside the caller's transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.conflicts import insert_or_update
from storage.console_schema import console_accounts
from storage.customers_schema import identities
from storage.people_schema import agents, stewards
from storage.times import to_ms

BY_RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steward:
    """``name``: as customers hear it. ``deputies``: logins of those who stand in, in their order."""

    login: str
    name: str
    deputies: tuple[str, ...] = ()


async def of_customer(connection: AsyncConnection, customer_id: int) -> Steward | None:
    """Whose people were joined later has several: the earliest counts. Of a disabled account nothing is left."""
    query = (
        select(stewards.c.login)
        .join(identities, identities.c.id == stewards.c.identity_id)
        .where(identities.c.customer_id == customer_id)
        .order_by(stewards.c.since_ms, stewards.c.identity_id)
    )
    for login in (await connection.execute(query)).scalars():
        steward = await _steward(connection, login)
        if steward is not None:
            return steward
    return None


async def entrust(
    connection: AsyncConnection, customer_id: int, login: str, *, by: str, now: datetime
) -> None:
    """From now on the customer is this agent's."""
    mine = select(identities.c.id).where(identities.c.customer_id == customer_id)
    changed = {"login": login, "since_ms": to_ms(now), "by": by}
    await connection.execute(update(stewards).where(stewards.c.identity_id.in_(mine)).values(**changed))
    row = {"identity_id": customer_id, **changed}
    await connection.execute(
        insert_or_update(connection, stewards, ("identity_id",), ("login", "since_ms", "by")), [row]
    )


async def entrust_by_rule(connection: AsyncConnection, customer_id: int, now: datetime) -> Steward | None:
    """The VIP agent with the fewest customers takes this one on, unless somebody has; None: there is no VIP agent."""
    known = await of_customer(connection, customer_id)
    if known is not None:
        return known
    theirs = select(stewards.c.login, func.count().label("customers")).group_by(stewards.c.login).subquery()
    query = (
        select(agents.c.login)
        .join(console_accounts, console_accounts.c.login == agents.c.login)
        .outerjoin(theirs, theirs.c.login == agents.c.login)
        .where(agents.c.vip == 1, console_accounts.c.disabled == 0)
        .order_by(func.coalesce(theirs.c.customers, 0), agents.c.login)
        .limit(1)
    )
    login: str | None = (await connection.execute(query)).scalar_one_or_none()
    if login is None:
        return None
    await entrust(connection, customer_id, login, by=BY_RULE, now=now)
    return await of_customer(connection, customer_id)


async def customers_each(connection: AsyncConnection) -> dict[str, int]:
    """How many customers of high value are each agent's, by login."""
    query = (
        select(stewards.c.login, func.count(identities.c.customer_id.distinct()))
        .join(identities, identities.c.id == stewards.c.identity_id)
        .group_by(stewards.c.login)
    )
    return {row[0]: int(row[1]) for row in await connection.execute(query)}


async def hand_over_all(connection: AsyncConnection, login: str, to: str, *, by: str, now: datetime) -> int:
    """All customers of one agent are another's from now on. Returns how many entries were changed."""
    changed = await connection.execute(
        update(stewards).where(stewards.c.login == login).values(login=to, since_ms=to_ms(now), by=by)
    )
    return int(changed.rowcount)


async def _steward(connection: AsyncConnection, login: str) -> Steward | None:
    query = (
        select(console_accounts.c.name, agents.c.deputies)
        .outerjoin(agents, agents.c.login == console_accounts.c.login)
        .where(console_accounts.c.login == login, console_accounts.c.disabled == 0)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    return Steward(login=login, name=row.name, deputies=tuple(json.loads(row.deputies or "[]")))
