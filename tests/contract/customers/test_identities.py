"""Identities, links and events on real databases, several transactions at once among them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from customers.activity import Activity
from customers.events.event import CustomerEvent, EventKind
from customers.events.intake import EventIntake, Taken
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.joining import LinkReason
from customers.identity.keys import CustomerKeys
from customers.identity.store import IdentityStore, Known, NewLink
from customers.profile.adding_up import add_up
from customers.tally import of_event
from storage.customers_schema import activities, customers_waiting, events, identities, identity_links
from storage.database import Database

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
OPENID = Identifier(IdentifierKind.OPENID, "gh_shop:wang")
UNIONID = Identifier(IdentifierKind.UNIONID, "u-wang")
MALL_ID = Identifier(IdentifierKind.MALL_ID, "M7")
OTHER_MALL_ID = Identifier(IdentifierKind.MALL_ID, "M8")
PHONE = Identifier(IdentifierKind.PHONE, "13800000000")


@pytest.fixture
def store() -> IdentityStore:
    return IdentityStore(CustomerKeys("k" * 32))


def event(number: int, *who: Identifier, kind: EventKind = EventKind.CLICK, **about: object) -> CustomerEvent:
    at = NOON + timedelta(minutes=number)
    return CustomerEvent(source="mall", event_id=f"e{number}", kind=kind, at=at, who=who, **about)  # type: ignore[arg-type]


async def resolve(database: Database, store: IdentityStore, *who: Identifier) -> list[Known]:
    async with database.writing() as connection:
        known = await store.resolve(connection, who, 1)
    return [known[each] for each in who]


async def link(
    database: Database,
    store: IdentityStore,
    one: Known,
    other: Known,
    reason: LinkReason = LinkReason.SIGNED_EVENT,
) -> None:
    new = NewLink(one=one.identity_id, other=other.identity_id, reason=reason, source="test")
    async with database.writing() as connection:
        await store.link(connection, [new], 1)


async def take(database: Database, store: IdentityStore, told: Sequence[CustomerEvent]) -> Taken:
    async with database.writing() as connection:
        return await EventIntake(store).take(connection, told, 1)


async def added_up(database: Database) -> dict[str, str]:
    """What is kept of each name, once nothing waits any more."""
    async with database.writing() as connection:
        await add_up(connection, list((await connection.execute(select(identities.c.id))).scalars()))
    query = select(identities.c.key, activities.c.data).join(
        activities, activities.c.identity_id == identities.c.id
    )
    async with database.reading() as connection:
        rows = (await connection.execute(query)).all()
    return {row.key: row.data for row in rows}


async def test_a_name_is_one_identity_whoever_asks_at_once(database: Database, store: IdentityStore) -> None:
    found = await asyncio.gather(*(resolve(database, store, OPENID, MALL_ID) for _ in range(6)))
    assert len({tuple(each) for each in found}) == 1
    assert all(known.identity_id == known.customer_id for known in found[0])
    async with database.reading() as connection:
        assert await store.find(connection, MALL_ID) == found[0][1]
        assert await store.find(connection, UNIONID) is None


async def test_a_phone_is_kept_hashed_and_sealed_or_not_at_all(
    database: Database, store: IdentityStore
) -> None:
    (known,) = await resolve(database, store, PHONE)
    async with database.reading() as connection:
        row = (await connection.execute(select(identities))).mappings().one()
        assert await store.find(connection, PHONE) == known
        assert await IdentityStore(None).find(connection, PHONE) is None
    assert PHONE.value not in f"{dict(row)}"
    assert CustomerKeys("k" * 32).opened(row["sealed"]) == PHONE.value
    async with database.writing() as connection:
        assert await IdentityStore(None).resolve(connection, [PHONE], 1) == {}


async def test_a_link_joins_and_undoing_it_parts(database: Database, store: IdentityStore) -> None:
    openid, mall = await resolve(database, store, OPENID, MALL_ID)
    await link(database, store, openid, mall)
    joined = await resolve(database, store, OPENID, MALL_ID)
    first = min(openid.customer_id, mall.customer_id)
    assert [known.customer_id for known in joined] == [first, first]
    async with database.writing() as connection:
        link_id = (await connection.execute(select(identity_links.c.id))).scalar_one()
        await store.undo(connection, link_id, "lan", 2)
    assert await resolve(database, store, OPENID, MALL_ID) == [openid, mall]
    async with database.reading() as connection:
        waiting = set((await connection.execute(select(customers_waiting.c.customer_id))).scalars())
    assert waiting == {openid.customer_id, mall.customer_id}
    await link(database, store, openid, mall)
    assert await resolve(database, store, OPENID, MALL_ID) == [openid, mall], "undone for good"
    async with database.writing() as connection:
        with pytest.raises(LookupError):
            await store.undo(connection, link_id, "lan", 3)


async def test_two_ids_of_the_mall_are_kept_apart_until_somebody_insists(
    database: Database, store: IdentityStore
) -> None:
    openid, mall, other = await resolve(database, store, OPENID, MALL_ID, OTHER_MALL_ID)
    await link(database, store, openid, mall)
    await link(database, store, openid, other)
    apart = await resolve(database, store, OPENID, MALL_ID, OTHER_MALL_ID)
    assert len({known.customer_id for known in apart}) == 2
    async with database.writing() as connection:
        newest = select(func.max(identity_links.c.id))
        await store.insist(connection, (await connection.execute(newest)).scalar_one(), "lan", 2)
    together = await resolve(database, store, OPENID, MALL_ID, OTHER_MALL_ID)
    assert len({known.customer_id for known in together}) == 1


async def test_links_made_at_once_lose_nobody(database: Database, store: IdentityStore) -> None:
    names = [Identifier(IdentifierKind.OPENID, f"gh_{number}:wang") for number in range(12)]
    known = await resolve(database, store, *names)
    pairs = list(pairwise(known))
    random.Random(3).shuffle(pairs)
    await asyncio.gather(*(link(database, store, one, other) for one, other in pairs))
    assert {each.customer_id for each in await resolve(database, store, *names)} == {known[0].customer_id}


async def test_events_count_once_whoever_tells_them_again(database: Database, store: IdentityStore) -> None:
    told = [event(number, OPENID) for number in range(4)]
    assert await take(database, store, [*told, told[0]]) == Taken(new=4, doubled=1)
    assert await take(database, store, told[2:]) == Taken(new=0, doubled=2)
    async with database.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(events))).scalar_one() == 4
    assert '"click":4' in (await added_up(database))[OPENID.value]


async def test_an_event_of_nobody_is_said_to_be_one(database: Database) -> None:
    taken = await take(database, IdentityStore(None), [event(1, PHONE), event(2, PHONE, OPENID)])
    assert taken == Taken(new=1, doubled=0, nobody=1)


async def test_names_in_one_event_are_one_customer(database: Database, store: IdentityStore) -> None:
    await take(database, store, [event(1, OPENID, UNIONID), event(2, MALL_ID, UNIONID)])
    known = await resolve(database, store, OPENID, MALL_ID, UNIONID)
    assert len({each.customer_id for each in known}) == 1
    async with database.reading() as connection:
        reasons = (await connection.execute(select(identity_links.c.reason))).scalars().all()
    assert reasons == ["unionid", "unionid"]


async def test_shuffled_and_doubled_batches_at_once_add_up_to_the_same(
    database: Database, store: IdentityStore
) -> None:
    chance = random.Random(5)
    told = [
        event(
            number,
            chance.choice([OPENID, MALL_ID, UNIONID]),
            kind=EventKind.PAY,
            order_no=f"o{number % 7}",
            amount_fen=100 + number,
        )
        for number in range(120)
    ]
    shuffled = chance.sample([*told, *told[:40]], 160)
    batches = [shuffled[start : start + 20] for start in range(0, 160, 20)]
    taken = await asyncio.gather(*(take(database, store, batch) for batch in batches))
    assert sum(each.new for each in taken) == 120
    at_once = await added_up(database)
    assert at_once == _in_order(told)


def _in_order(told: Sequence[CustomerEvent]) -> dict[str, str]:
    summed: dict[str, Activity] = {}
    for each in told:
        name = each.who[0].value
        summed[name] = summed.get(name, Activity()).merged(of_event(each))
    return {name: activity.to_json() for name, activity in summed.items()}
