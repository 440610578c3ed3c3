"""One look at all open cases: whose customer has answered, and whom to warn. Each warning is given once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from escalation import telling
from escalation.after_sales import store
from escalation.after_sales.case import AfterSalesCase, AfterSalesKey, AfterSalesState, customer_answered
from escalation.after_sales.clocks import Step, Warned, clock_of, warnings
from escalation.after_sales.record import record_broken
from escalation.after_sales.store import CLOCK, CUSTOMER, AfterSalesEvent, Promises
from escalation.after_sales.wording import warning
from escalation.telling import Telling
from storage.after_sales_schema import after_sales

MOST = 100
"""Cases in one look."""


async def answers_heard(connection: AsyncConnection, promises: Promises, now: datetime) -> int:
    """Cases that waited for their customer go on. How many did."""
    count = 0
    for key in await store.answered(connection, MOST):
        case = await store.held(connection, key)
        if case is None or case.state is not AfterSalesState.WAITING_CUSTOMER:
            continue
        await store.put(connection, customer_answered(case, now), promises, now)
        await store.note(connection, case, AfterSalesEvent.ANSWERED, CUSTOMER, now)
        count += 1
    return count


async def warn(
    connection: AsyncConnection, promises: Promises, now: datetime, *, members: Sequence[str], url: str
) -> list[Telling]:
    """Writes down which warnings are given, and says to whom. ``members``: who hears while nobody has a case;
    ``url``: the page of cases, to which the number is added.
    """
    told: list[Telling] = []
    for key in await store.to_look_at(connection, now, MOST):
        case = await store.held(connection, key)
        if case is None:
            continue
        due = warnings(case, now, promises.hours, promises.rules)
        for each in due:
            told += await _tellings(connection, case, each, promises, now, members=members, url=url)
        said = case.said | {each.name for each in due}
        await store.put(connection, replace(case, said=said), promises, now)
    return told


async def _tellings(
    connection: AsyncConnection,
    case: AfterSalesCase,
    warned: Warned,
    promises: Promises,
    now: datetime,
    *,
    members: Sequence[str],
    url: str,
) -> list[Telling]:
    await store.note(connection, case, AfterSalesEvent.WARNED, CLOCK, now, text=warned.name)
    if warned.step is Step.BROKEN:
        await record_broken(connection, case, warned.promise, now)
        return []
    number = await _number(connection, case.key)
    clock = clock_of(case, warned.promise, promises.rules)
    left = clock.limit.time - clock.elapsed(now, promises.hours)
    text = warning(case, warned.promise, warned.step, number=number, left=left, url=f"{url}/{number}")
    hearers = await _hearers(connection, case, warned.step, members)
    return [Telling(key=f"{case.key}:{warned.name}:{each}"[:280], userid=each, text=text) for each in hearers]


async def _hearers(
    connection: AsyncConnection, case: AfterSalesCase, step: Step, members: Sequence[str]
) -> Sequence[str]:
    """By their userid. Who has the case but has none in the console is answered for by the members."""
    if step is Step.SUPERVISOR:
        return await telling.leaders(connection, members)
    return await telling.colleague(connection, case.agent, members)


async def _number(connection: AsyncConnection, key: AfterSalesKey) -> int:
    return int(
        (await connection.execute(select(after_sales.c.id).where(after_sales.c.key == key))).scalar_one()
    )
