"""Puts the demo's customers into its database, with their profiles: about 70,000 events in six seconds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from customers.events.event import CustomerEvent
from customers.events.intake import EventIntake
from customers.identity.keys import CustomerKeys
from customers.identity.store import IdentityStore
from customers.profile.profiler import Profiler
from customers.profile.settling import settle
from customers.settings import CustomerSettings
from scripts.demonstrating.configuration import ORIGINAL_ID
from scripts.demonstrating.customers.histories import history
from scripts.demonstrating.customers.people import draw_person
from scripts.demonstrating.customers.phones import PHONES, history_on_the_phone
from scripts.demonstrating.customers.seasons import Calendar
from storage.customers_schema import identities
from storage.database import Database
from storage.times import to_ms

COUNT = 3_000
SEED = 618


def made_events(now: datetime, *, count: int = COUNT, seed: int = SEED) -> Iterator[CustomerEvent]:
    """Of ``count`` customers and those on the phones: the same for the same arguments."""
    calendar = Calendar(now)
    for owner in PHONES:
        yield from history_on_the_phone(owner, calendar)
    for number in range(len(PHONES) + 1, count + 1):
        chance = random.Random(f"{seed} {number}")  # noqa: S311 - a demo's customers are no secrets
        yield from history(draw_person(number, chance, calendar, ORIGINAL_ID), calendar, chance)


async def seed_demo_customers(
    database: Database, settings: CustomerSettings, now: datetime, *, count: int = COUNT
) -> int:
    """Into a migrated database, once: nothing when it knows any customer. Returns how many events were taken."""
    async with database.reading() as connection:
        if (await connection.execute(select(identities.c.id).limit(1))).first() is not None:
            return 0
    key = settings.key.get_secret_value() if settings.key else ""
    intake = EventIntake(IdentityStore(CustomerKeys(key) if key else None))
    events = list(made_events(now, count=count))
    async with database.writing() as connection:
        taken = await intake.take(connection, events, to_ms(now))
    await settle(database, Profiler(database, settings), now)
    return taken.new
