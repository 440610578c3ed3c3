"""What is kept of all customers together: facts, locks and cursors by their names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.conflicts import insert_or_update
from storage.customers_schema import population
from storage.times import to_ms

VALUE_LINE = "value_line"
"""Fen, in digits; empty without buyers."""
RFM = "rfm"
"""Bounds of the last fit, JSON; empty without buyers."""
LTV = "ltv"
"""The model of the last fit, JSON; empty when there is none."""
WALK = "walk"
"""The day of the last walk, and the last customer that it has come to."""
FIT = "fit"
"""The day of the last fit that was begun, and whether it was ended."""


async def kept(connection: AsyncConnection, key: str) -> str:
    """Empty where nothing was ever kept."""
    query = select(population.c.data).where(population.c.key == key)
    return (await connection.execute(query)).scalar_one_or_none() or ""


async def kept_ms(connection: AsyncConnection, key: str) -> int | None:
    """When it was kept; None: never."""
    query = select(population.c.made_ms).where(population.c.key == key)
    found: int | None = (await connection.execute(query)).scalar_one_or_none()
    return found


async def keep(connection: AsyncConnection, key: str, data: str, now: datetime) -> None:
    statement = insert_or_update(connection, population, ("key",), ("data", "made_ms"))
    await connection.execute(statement, {"key": key, "data": data, "made_ms": to_ms(now)})
