"""The demo's customers in real databases, and what the shop's definitions make of all of them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import func, select

from customers.events.stored import stored
from customers.identity.keys import CustomerKeys
from customers.identity.store import IdentityStore
from customers.profile.evaluating import Judge
from customers.profile.population import Population, line_of
from customers.profile.profile import Segment
from customers.profile.store import ProfileStore
from customers.settings import CustomerSettings
from customers.tally import Tally
from scripts.demonstrating.customers.phones import names_on_the_phone
from scripts.demonstrating.customers.seeding import COUNT, made_events, seed_demo_customers
from storage.customers_schema import customer_profiles, events_waiting, identities
from storage.database import Database

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
KEY = "k" * 32
SETTINGS = CustomerSettings.model_validate({"key": KEY})


async def test_they_come_in_once_with_profiles_and_the_vip_under_every_name(database: Database) -> None:
    taken = await seed_demo_customers(database, SETTINGS, NOW, count=150)
    assert taken > 2_000
    assert await seed_demo_customers(database, SETTINGS, NOW, count=160) == 0
    async with database.reading() as connection:
        people = (
            await connection.execute(select(func.count(func.distinct(identities.c.customer_id))))
        ).scalar_one()
        profiles = (
            await connection.execute(select(func.count()).select_from(customer_profiles))
        ).scalar_one()
        waiting = (await connection.execute(select(func.count()).select_from(events_waiting))).scalar_one()
    assert (people, profiles, waiting) == (150, 150, 0)
    store = ProfileStore(database, IdentityStore(CustomerKeys(KEY)))
    found = {name.kind: await store.of(name) for name in names_on_the_phone("first")}
    assert len({profile and profile.customer_id for profile in found.values()}) == 1
    vip = await store.of(names_on_the_phone("first")[0])
    assert vip is not None
    assert vip.behaviour.orders > 5
    assert vip.segment is Segment.HIGH_VALUE
    assert "复购 10 次" in vip.tags[0].reason
    other = await store.of(names_on_the_phone("second")[2])
    assert other is not None
    assert other.segment is Segment.SPREADER


def test_the_shares_of_segments_are_those_that_the_demo_promises() -> None:
    tallies: dict[str, Tally] = {}
    for event in made_events(NOW):
        tallies.setdefault(event.event_id.split("-")[1], Tally()).add(stored(event))
    activities = [tally.activity() for tally in tallies.values()]
    judge = Judge(SETTINGS)
    averages = [judge.facts(activity, NOW).average_order_fen for activity in activities]
    line = line_of([each for each in averages if each is not None], SETTINGS.segments.top_share)
    known = Population(value_line_fen=line)
    segments = Counter(judge.profile(1, activity, known, NOW).segment for activity in activities)
    assert segments.total() == COUNT
    assert 0.07 < segments[Segment.HIGH_VALUE] / COUNT < 0.09
    assert 0.23 < segments[Segment.POTENTIAL] / COUNT < 0.27
    assert 0.02 < segments[Segment.SPREADER] / COUNT < 0.05
