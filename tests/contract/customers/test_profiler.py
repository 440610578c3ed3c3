"""From events to profiles on real databases, whatever the order, whoever is stopped in the middle."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from customers.events.event import CustomerEvent, EventKind, Role
from customers.events.intake import EventIntake
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.store import IdentityStore
from customers.profile.population import line_of
from customers.profile.profile import Segment
from customers.profile.profiler import Profiler, known_population
from customers.profile.store import ProfileStore
from customers.settings import CustomerSettings, SegmentSettings
from customers.waiting import SOON_MS
from storage.customers_schema import (
    activities,
    customer_profiles,
    events,
    events_waiting,
    identities,
    identity_links,
    tag_history,
)
from storage.database import Database
from storage.times import to_ms

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
SETTINGS = CustomerSettings(segments=SegmentSettings(repeat_orders=1))


def mall(number: int) -> Identifier:
    return Identifier(IdentifierKind.MALL_ID, f"M{number}")


def event(
    name: str, who: Sequence[Identifier], kind: EventKind, days_ago: float = 1, **about: object
) -> CustomerEvent:
    at = NOW - timedelta(days=days_ago)
    return CustomerEvent(source="mall", event_id=name, kind=kind, at=at, who=tuple(who), **about)  # type: ignore[arg-type]


def bought(name: str, who: Identifier, fen: int, days_ago: float = 1) -> CustomerEvent:
    return event(name, [who], EventKind.PAY, days_ago, order_no=f"o-{name}", amount_fen=fen)


async def take(database: Database, told: Sequence[CustomerEvent]) -> None:
    async with database.writing() as connection:
        await EventIntake(IdentityStore(None)).take(connection, told, to_ms(NOW))


async def settle(database: Database, now: datetime = NOW) -> None:
    """Until nobody waits any more, and the line stays."""
    profiler = Profiler(database, SETTINGS)
    late = now + timedelta(milliseconds=SOON_MS)
    while await profiler.round(late) or await profiler.move_line(late):
        pass


async def profiles(database: Database) -> dict[str, str]:
    """By the name of each customer's first identity."""
    join = identities.join(customer_profiles, identities.c.id == customer_profiles.c.customer_id)
    async with database.reading() as connection:
        query = select(identities.c.key, customer_profiles.c.data).select_from(join)
        return {row.key: row.data for row in await connection.execute(query)}


async def wipe(database: Database) -> None:
    tables = (identities, identity_links, events, activities, events_waiting, customer_profiles, tag_history)
    async with database.writing() as connection:
        for table in tables:
            await connection.execute(table.delete())


def believable(chance: random.Random) -> list[CustomerEvent]:
    """Of twelve customers; the shop tells both names of some of them."""
    told = []
    for number in range(150):
        who = chance.randrange(12)
        names = [mall(who)] if who % 3 else [mall(who), Identifier(IdentifierKind.UNIONID, f"u{who}")]
        kind = chance.choice([EventKind.PAY, EventKind.REFUND, EventKind.SHARE, EventKind.VIEW, EventKind.CART,
                              EventKind.COUPON_TAKEN, EventKind.CLICK])  # fmt: skip
        money = kind in (EventKind.PAY, EventKind.REFUND)
        told.append(
            event(
                f"e{number}",
                names if chance.random() < 0.5 else names[:1],
                kind,
                chance.uniform(0.1, 300),
                order_no=f"o{who}-{number % 4}" if money else "",
                amount_fen=chance.randrange(1000, 9000) if money else None,
                seconds=200.0 if kind is EventKind.VIEW else None,
                role=chance.choice([None, None, Role.CREATOR]),
            )
        )
    return told


@pytest.mark.parametrize("seed", [1, 2])
async def test_doubled_and_shuffled_events_give_the_same_profiles(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    told = believable(chance)
    await take(database, told)
    await settle(database)
    in_order = await profiles(database)
    assert len(in_order) == 12
    assert len({each.split('"segments":')[1] for each in in_order.values()}) > 2, "they are told apart"
    await wipe(database)
    shuffled = chance.sample([*told, *told[:70]], len(told) + 70)
    batches = [shuffled[start : start + 22] for start in range(0, len(shuffled), 22)]
    for two in zip(batches[::2], batches[1::2], strict=True):
        await asyncio.gather(
            *(take(database, batch) for batch in two), Profiler(database, SETTINGS).round(NOW)
        )
    await settle(database)
    again = await profiles(database)
    assert sorted(again.values()) == sorted(in_order.values())


async def test_the_line_is_exact_and_judges_those_whom_it_passes(database: Database) -> None:
    told = [
        bought(f"{who}-{number}", mall(who), 1000 * (who + 1)) for who in range(10) for number in range(2)
    ]
    told += [event(f"s{who}", [mall(who)], EventKind.SHARE) for who in range(10)]
    await take(database, told)
    await settle(database)
    assert await high_value(database) == {"M8", "M9"}
    async with database.reading() as connection:
        known = await known_population(connection)
    assert known.value_line_fen == line_of([1000 * (who + 1) for who in range(10)], 0.2) == 9000
    # Five buyers more, all with great orders: the line passes those who had reached it.
    await take(database, [bought(f"great-{who}", mall(20 + who), 50_000) for who in range(5)])
    await settle(database)
    assert await high_value(database) == set()
    async with database.reading() as connection:
        assert (await known_population(connection)).value_line_fen == 50_000
        changes = await connection.execute(
            select(tag_history.c.tag, tag_history.c.given).order_by(tag_history.c.id)
        )
        high = [row.given for row in changes if row.tag == "高净值"]
    assert sorted(high) == [0, 0, 1, 1]


async def high_value(database: Database) -> set[str]:
    found = await profiles(database)
    return {name for name, data in found.items() if Segment.HIGH_VALUE.value in data}


async def test_joined_customers_have_one_profile_and_parted_ones_two(database: Database) -> None:
    store = IdentityStore(None)
    of = ProfileStore(database, store)
    unionid = Identifier(IdentifierKind.UNIONID, "u1")
    await take(database, [bought("a", mall(1), 1000), bought("b", unionid, 3000)])
    await settle(database)
    assert len(await profiles(database)) == 2
    await take(database, [event("c", [mall(1), unionid], EventKind.CLICK)])
    await settle(database)
    one, other = await of.of(mall(1)), await of.of(unionid)
    assert one is not None
    assert one == other
    assert (one.behaviour.orders, one.behaviour.spent_fen) == (2, 4000)
    assert len(await profiles(database)) == 1
    async with database.writing() as connection:
        link_id = (await connection.execute(select(identity_links.c.id))).scalar_one()
        await store.undo(connection, link_id, "lan", to_ms(NOW))
    await settle(database)
    parted = [await of.of(mall(1)), await of.of(unionid)]
    assert [each and each.behaviour.spent_fen for each in parted] == [1000, 3000]


async def test_nobody_who_was_not_judged_has_a_profile(database: Database) -> None:
    of = ProfileStore(database, IdentityStore(None))
    assert await of.of(mall(1)) is None
    assert await of.of(Identifier(IdentifierKind.PHONE, "13800000000")) is None
    await take(database, [event("a", [mall(1)], EventKind.CLICK)])
    assert await of.of(mall(1)) is None
    assert await Profiler(database, SETTINGS).round(NOW) == 0, "a click moves nothing, and waits for others"
    await take(database, [bought("b", mall(1), 1000)])
    assert await Profiler(database, SETTINGS).round(NOW) == 1
    profile = await of.of(mall(1))
    assert profile is not None
    assert profile == await of.get(profile.customer_id)
    async with database.reading() as connection:
        assert (await connection.execute(select(events_waiting))).all() == [], "the click went along"


async def test_what_comes_of_somebody_who_was_erased_is_erased(database: Database) -> None:
    await take(database, [bought("a", mall(1), 1000)])
    async with database.writing() as connection:
        await connection.execute(identities.delete())
    await settle(database)
    async with database.reading() as connection:
        for table in (events, events_waiting, activities, customer_profiles):
            assert (await connection.execute(select(table))).all() == []


async def test_everybody_is_judged_again_once_a_day(database: Database) -> None:
    await take(database, [bought(str(who), mall(who), 1000, days_ago=364) for who in range(60)])
    await settle(database)
    profiler = Profiler(database, SETTINGS)
    later = NOW + timedelta(days=3)
    assert await profiler.round(later) == 0, "nobody says that orders get old"
    judged = [await profiler.walk(later) for _ in range(4)]
    assert (sum(judged), judged[-1]) == (60, 0)
    assert {'"orders":0' in data for data in (await profiles(database)).values()} == {True}
    assert await profiler.walk(later + timedelta(hours=1)) == 0
    assert await profiler.walk(later + timedelta(days=1)) > 0
