"""What the pages about customers read and write, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from console.customers.card_reading import now_part_of, read_card
from console.customers.conflicts import conflicts_with, find_conflicts
from console.customers.desk import CustomersDesk
from console.customers.figures import count_segments
from console.customers.listing import CustomerPage, customers_sought
from console.customers.searching import customers_named
from console.customers.sought import Sought
from customers.events.event import EventKind
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.store import IdentityStore
from customers.profile.by_hand import held, tag_changes, write_by_hand
from customers.profile.profile import Segment
from customers.settings import CustomerSettings
from storage.customers_schema import identity_links
from storage.database import Database
from storage.settings import DatabaseSettings
from storage.times import to_ms
from tests.functional.console.customers import (
    ACCOUNT,
    KEYS,
    NOW,
    OWNER,
    SECOND_MALL,
    VIP_MALL,
    WINDOW_SHOPPER,
    happened,
    shop,
    take,
)

SETTINGS = CustomerSettings()


async def all_pages(database: Database, sought: Sought, *, sorted_whole: int) -> list[int]:
    """The customers of every page, one page after the other."""
    found: list[int] = []
    async with database.reading() as connection:
        while True:
            page: CustomerPage = await customers_sought(connection, sought, sorted_whole=sorted_whole)
            found += [line.customer_id for line in page.lines]
            if page.below is None:
                return found
            sought = replace(sought, below=page.below)


async def many(database: Database) -> list[Identifier]:
    """Seventy customers whose events came in the order in which they happened, the last one first here."""
    names = [Identifier(IdentifierKind.MALL_ID, f"M{number:07}") for number in range(70)]
    await take(
        database,
        [happened(EventKind.CLICK, name, ago=timedelta(days=9)) for name in names[::3]],
        SETTINGS,
    )
    # One by one: events that come together get their numbers in any order.
    for number, name in enumerate(names):
        await take(database, [happened(EventKind.CLICK, name, ago=timedelta(minutes=100 - number))], SETTINGS)
    return names[::-1]


async def test_everybody_stands_once_in_both_ways_to_list_them(database: Database) -> None:
    names = await many(database)
    async with database.reading() as connection:
        store = IdentityStore(KEYS)
        known = [await store.find(connection, name) for name in names]
    expected = [each.customer_id for each in known if each is not None]
    assert len(expected) == 70
    assert await all_pages(database, Sought(), sorted_whole=1_000) == expected
    assert await all_pages(database, Sought(), sorted_whole=0) == expected
    nobody = Sought(segment=Segment.HIGH_VALUE)
    assert await all_pages(database, nobody, sorted_whole=0) == []


async def test_both_ways_narrow_alike(database: Database) -> None:
    await take(database, shop(), SETTINGS)
    seeks = (
        Sought(segment=Segment.HIGH_VALUE),
        Sought(segment=Segment.POTENTIAL, tag="沉睡"),
        Sought(tag="茶叶"),
        Sought(cell="重要价值客户"),
    )
    ways = [[await all_pages(database, sought, sorted_whole=most) for sought in seeks] for most in (1_000, 0)]
    assert ways[0] == ways[1]
    assert list(map(len, ways[0])) == [1, 1, 0, 0]


async def test_names_conflicts_figures_and_cards(database: Database, database_url: str) -> None:
    await take(database, shop(), SETTINGS)
    desk = CustomersDesk(
        database,
        DatabaseSettings(url=database_url),
        SETTINGS,
        keys=KEYS,
        accounts=(ACCOUNT,),
        now=lambda: NOW,
    )
    async with database.reading() as connection:
        vip, looker, second = [
            (await customers_named(connection, name.value, desk.identities, desk.accounts))[0]
            for name in (VIP_MALL, WINDOW_SHOPPER, SECOND_MALL)
        ]
        assert await customers_named(connection, "13800138000", desk.identities, ()) == [vip]
        assert await customers_named(connection, OWNER.value[:-1], desk.identities, ()) == []
        found = await find_conflicts(connection)
        (conflict,) = await conflicts_with(connection, found.open, KEYS)
        figures = await count_segments(connection, 5)
    assert [side.customer.customer_id for side in conflict.sides] in ([vip, second], [second, vip])
    assert (conflict.speaks_against, found.insisted) == (("商城会员",), ())
    assert {segment: each.customers for segment, each in figures.counted.items()} == {
        Segment.HIGH_VALUE: 1,
        Segment.SPREADER: 1,
        Segment.POTENTIAL: 1,
        Segment.ORDINARY: 1,
    }
    assert figures.counted[Segment.HIGH_VALUE].month_fen == 21_200
    card = await read_card(desk, vip)
    assert card is not None
    assert card.standing is not None
    assert (card.standing.place, card.standing.buyers, card.open_conflicts) == (1, 2, 1)
    assert [event.title for event in card.happened][:2] == ["付了款", "分享给朋友"]
    assert card.consents[0].granted is None
    assert await read_card(desk, looker + 1_000) is None


async def test_tags_by_hand_follow_whom_they_were_given_to(database: Database) -> None:
    await take(database, shop(), SETTINGS)
    store = IdentityStore(KEYS)

    async def tags(customer_id: int) -> list[tuple[str, str, str]]:
        async with database.reading() as connection:
            changes = await tag_changes(connection, [customer_id])
        return [(each.tag, each.by, each.reason) for each in held(changes)]

    async with database.writing() as connection:
        known = await store.find(connection, SECOND_MALL)
        assert known is not None
        second = known.customer_id
        for tag, reason in (("妹妹", "（她说的）"), ("邻居", "")):
            await write_by_hand(
                connection, second, tag, given=True, by="lan", reason=reason, now_ms=to_ms(NOW)
            )
        await write_by_hand(connection, second, "邻居", given=False, by="mei", reason="", now_ms=to_ms(NOW))
    assert await tags(second) == [("妹妹", "lan", "（她说的）")]
    async with database.writing() as connection:
        link = (
            await connection.execute(select(identity_links.c.id).order_by(identity_links.c.id.desc()))
        ).scalars()
        await store.insist(connection, next(iter(link)), "lan", to_ms(NOW))
        assert await now_part_of(connection, second) != second
    assert await tags(second) == [("妹妹", "lan", "（她说的）")]
