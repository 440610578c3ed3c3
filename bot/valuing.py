"""Fits the value of customers once a day, in a process of its own: it reckons for minutes where a shop is large."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from conversations.clock import Clock
from customers.activity import day_of
from customers.population import FIT, keep, kept, kept_ms
from customers.value.task import Fitted, Task
from storage.customers_schema import customer_profiles
from storage.database import Database
from storage.settings import DatabaseSettings
from storage.times import to_ms

log = structlog.get_logger()

LOOK_SECONDS = 30.0
WORTH_IT = 200
"""Buyers below which nothing can be said of them (``customers.value.model``)."""
_GIVEN_UP_MS = 3_600_000
"""Whoever began a fit and has not ended it by now is taken to be dead."""


async def keep_valued(database: Database, settings: DatabaseSettings, clock: Clock) -> None:
    """Runs until cancelled. Several processes may: a day's fit is begun by one of them."""
    while True:
        try:
            if await begin(database, clock.now()) and await _fit_aside(settings, clock.now()):
                await end(database, clock.now())
        except SQLAlchemyError as error:
            log.warning("value.not_fitted", error=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


async def begin(database: Database, now: datetime) -> bool:
    """Whether the day's fit is due, and nobody else has begun it."""
    today = day_of(to_ms(now))
    async with database.reading() as connection:
        if await kept(connection, FIT) == f"{today}:ended":
            return False
        buyers = select(func.count(customer_profiles.c.average_order_fen))
        if (await connection.execute(buyers)).scalar_one() < WORTH_IT:
            return False
    async with database.writing() as connection:
        state, begun_ms = await kept(connection, FIT), await kept_ms(connection, FIT)
        working = state == f"{today}:begun" and to_ms(now) - (begun_ms or 0) < _GIVEN_UP_MS
        if working or state == f"{today}:ended":
            return False
        await keep(connection, FIT, f"{today}:begun", now)
    return True


async def end(database: Database, now: datetime) -> None:
    async with database.writing() as connection:
        await keep(connection, FIT, f"{day_of(to_ms(now))}:ended", now)


async def _fit_aside(settings: DatabaseSettings, now: datetime) -> bool:
    """Whether it was ended; False: it failed, and is tried again when it is given up."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "customers.value"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        # On standard input, because arguments can be read by everybody on the machine, and the URL has a password.
        said, _ = await process.communicate(Task(database=settings, now=now).model_dump_json().encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        log.error("value.not_fitted", status=process.returncode)
        return False
    log.info("value.fitted", **Fitted.model_validate_json(said).model_dump())
    return True
