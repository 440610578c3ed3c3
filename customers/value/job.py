"""Once a day: RFM cells and expected values of all buyers, from what they bought. For a process of its own.

What a fit says stays until the next one. Stopped in the middle, it is done again from the start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import orjson
from sqlalchemy import func, or_, select, text, update

from customers.activity import day_of
from customers.population import LTV, RFM, keep
from customers.profile.profiler import wait_to_hold
from customers.value.expected import forecast
from customers.value.histories import Histories, history_of
from customers.value.model import LtvModel, fit
from customers.value.rfm import RfmBounds, bounds_of, cells
from customers.value.task import Fitted
from storage.bulk import update_rows
from storage.customers_schema import customer_profiles, identities
from storage.database import Database
from storage.times import to_ms

_READ = 20_000
"""Customers read at once."""
_WRITTEN = 2_000
"""Customers of one transaction."""
_DAY_MS = 86_400_000

_ACTIVITIES = """
SELECT own.customer_id, done.data FROM identities AS own
JOIN customer_activities AS done ON done.identity_id = own.id
WHERE own.customer_id >= :first AND own.customer_id < :end ORDER BY own.customer_id
"""


async def fit_value(database: Database, now: datetime) -> Fitted:
    """Writes cells and values to the profiles, and what was fitted to ``customer_population``."""
    today = day_of(to_ms(now))
    customers, each = [], []
    async for customer_id, orders in _orders(database):
        history = history_of(orders, today)
        if history is not None:
            customers.append(customer_id)
            each.append(history)
    histories = Histories.of(each)
    model = fit(histories, to_ms(now))
    await _forget(database)
    if isinstance(model, LtvModel):
        await _write(database, _values(customers, model, histories))
    bounds, standing = await _standing(database, now)
    await _write(database, standing)
    async with database.writing() as connection:
        await keep(connection, RFM, "" if bounds is None else bounds.to_json(), now)
        await keep(connection, LTV, model.to_json() if isinstance(model, LtvModel) else "", now)
    return Fitted(buyers=len(standing), reason="" if isinstance(model, LtvModel) else model.reason)


def _values(customers: Sequence[int], model: LtvModel, histories: Histories) -> list[dict[str, Any]]:
    return [
        {
            "customer_id": customer_id,
            "ltv_fen": value.ltv_fen,
            "ltv_low_fen": value.low_fen,
            "ltv_high_fen": value.high_fen,
            "alive": round(value.alive, 4),
        }
        for customer_id, value in zip(customers, forecast(model, histories).each(), strict=True)
    ]


async def _orders(database: Database) -> AsyncIterator[tuple[int, list[tuple[int, int]]]]:
    """Each customer with the day and the net amount (fen) of each order that was paid and not refunded in full."""
    async with database.reading() as connection:
        last = (await connection.execute(select(func.max(identities.c.customer_id)))).scalar_one() or 0
    for first in range(1, last + 1, _READ):
        async with database.reading() as connection:
            span = {"first": first, "end": first + _READ}
            rows = (await connection.execute(text(_ACTIVITIES), span)).all()
        for customer_id, own in groupby(rows, key=itemgetter(0)):
            yield customer_id, _kept([orjson.loads(data).get("orders", {}) for _, data in own])


def _kept(orders: Sequence[Mapping[str, tuple[int, int, int | None]]]) -> list[tuple[int, int]]:
    """One mapping for each identity: number → paid, refunded, when. The same order may be in several."""
    paid: dict[str, tuple[int, int | None]] = {}
    for number, (gave, got_back, at_ms) in (item for own in orders for item in own.items()):
        net, before_ms = paid.get(number, (0, None))
        times = [each for each in (before_ms, at_ms) if each is not None]
        paid[number] = (net + gave - got_back, min(times, default=None))
    return [(day_of(at_ms), net) for net, at_ms in paid.values() if at_ms is not None and net > 0]


async def _standing(database: Database, now: datetime) -> tuple[RfmBounds | None, list[dict[str, Any]]]:
    """Where each stands among those who bought within the window of the settings."""
    columns = customer_profiles.c
    query = select(columns.customer_id, columns.last_paid_ms, columns.orders, columns.spent_fen)
    async with database.reading() as connection:
        rows = (await connection.execute(query.where(columns.orders > 0))).all()
    table = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 4)
    recency = np.maximum(to_ms(now) - table[:, 1], 0) // _DAY_MS
    bounds = bounds_of(recency, table[:, 2], table[:, 3])
    if bounds is None:
        return None, []
    found = cells(bounds, recency, table[:, 2], table[:, 3])
    return bounds, [
        {"customer_id": customer_id, "rfm": cell}
        for customer_id, cell in zip(table[:, 0].tolist(), found, strict=True)
    ]


async def _forget(database: Database) -> None:
    """What the fit before said: it may say nothing of somebody this time."""
    columns = customer_profiles.c
    nothing = dict.fromkeys(("rfm", "ltv_fen", "ltv_low_fen", "ltv_high_fen", "alive"))
    said = or_(columns.rfm.is_not(None), columns.ltv_fen.is_not(None))
    async with database.writing() as connection:
        await wait_to_hold(connection)
        await connection.execute(update(customer_profiles).where(said).values(nothing))


async def _write(database: Database, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _WRITTEN):
        async with database.writing() as connection:
            await wait_to_hold(connection)
            await update_rows(connection, customer_profiles, rows[start : start + _WRITTEN], by="customer_id")
