"""A withdrawal in one conversation, and all other conversations of the customer, whenever they become theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from conversations.address import ConversationId
from conversations.consents import ConsentChange, Purpose
from conversations.inbound import MessageKey
from customers.consent import current, record, without_withdrawn
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.joining import LinkReason
from customers.identity.known_as import known_as
from customers.identity.store import IdentityStore, NewLink
from storage.database import Database
from storage.schema import kefu_accounts
from storage.times import to_ms

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WANG = ConversationId("official:gh_shop:oWang")
WANG_IN_WECOM = ConversationId("kefu:wk1:wmWang")
WANG_AT_ANOTHER_DESK = ConversationId("kefu:wk2:wmWang")
LI = ConversationId("official:gh_shop:oLi")
ALL = [WANG, WANG_IN_WECOM, WANG_AT_ANOTHER_DESK, LI]
OPENID = Identifier(IdentifierKind.OPENID, "gh_shop:oWang")
EXTERNAL = Identifier(IdentifierKind.EXTERNAL_USERID, "wmWang")
MALL = Identifier(IdentifierKind.MALL_ID, "M7")
STORE = IdentityStore(None)


async def _says(database: Database, who: ConversationId, key: str, *, granted: bool) -> None:
    change = ConsentChange(purpose=Purpose.MARKETING, granted=granted)
    async with database.writing() as connection:
        await record(connection, who, MessageKey(key), [change], NOW)


async def _may_be_sent(database: Database) -> list[ConversationId]:
    async with database.reading() as connection:
        return await without_withdrawn(connection, ALL, Purpose.MARKETING)


async def _link(database: Database, one: Identifier, other: Identifier) -> None:
    async with database.writing() as connection:
        ids = await STORE.resolve(connection, [one, other], to_ms(NOW))
        link = NewLink(
            one=ids[one].identity_id,
            other=ids[other].identity_id,
            reason=LinkReason.SIGNED_EVENT,
            source="mall:e1",
        )
        await STORE.link(connection, [link], to_ms(NOW))


async def _undo(database: Database, one: Identifier, other: Identifier) -> None:
    async with database.writing() as connection:
        ids = await STORE.resolve(connection, [one, other], to_ms(NOW))
        ends = {each.identity_id for each in ids.values()}
        known = await known_as(connection, ids[one].customer_id, None)
        assert known is not None
        (link,) = [each for each in known.links if {each.one, each.other} == ends]
        await STORE.undo(connection, link.link_id, "lan", to_ms(NOW))


async def test_it_holds_at_every_desk_of_the_same_person(database: Database) -> None:
    await _says(database, WANG_IN_WECOM, "m1", granted=False)
    assert await _may_be_sent(database) == [WANG, LI]
    await _says(database, WANG_AT_ANOTHER_DESK, "m2", granted=True)
    assert await _may_be_sent(database) == ALL


async def test_it_holds_at_once_in_all_conversations_and_says_where_it_was_said(database: Database) -> None:
    await _link(database, OPENID, MALL)
    await _link(database, MALL, EXTERNAL)
    await _says(database, WANG, "m1", granted=False)
    assert await _may_be_sent(database) == [LI]
    async with database.reading() as connection:
        there = await current(connection, WANG_IN_WECOM, Purpose.MARKETING)
    assert there is not None
    assert (there.conversation_id, there.granted, there.at, there.source) == (WANG_IN_WECOM, False, NOW, "m1")


async def test_it_holds_for_conversations_that_join_later_and_after_they_are_parted(
    database: Database,
) -> None:
    await _says(database, WANG, "m1", granted=False)
    assert await _may_be_sent(database) == [WANG_IN_WECOM, WANG_AT_ANOTHER_DESK, LI]
    await _link(database, OPENID, MALL)
    await _link(database, MALL, EXTERNAL)
    assert await _may_be_sent(database) == [LI]
    await _undo(database, MALL, EXTERNAL)
    assert await _may_be_sent(database) == [LI], "nobody said anything else in 微信客服"
    await _says(database, WANG_IN_WECOM, "m2", granted=True)
    assert await _may_be_sent(database) == [WANG_IN_WECOM, WANG_AT_ANOTHER_DESK, LI]


async def test_a_grant_counts_for_the_same_customer_only(database: Database) -> None:
    await _says(database, WANG, "m1", granted=False)
    await _says(database, WANG_IN_WECOM, "m2", granted=True)
    await _link(database, OPENID, EXTERNAL)
    assert await _may_be_sent(database) == [LI], "who granted was another customer then"
    await _says(database, WANG_IN_WECOM, "m3", granted=True)
    assert await _may_be_sent(database) == ALL
    async with database.writing() as connection:
        await connection.execute(insert(kefu_accounts), [{"account": "wk1"}, {"account": "wk2"}])
    await _undo(database, OPENID, EXTERNAL)
    assert await _may_be_sent(database) == [WANG_IN_WECOM, WANG_AT_ANOTHER_DESK, LI]


async def test_a_message_that_is_committed_again_after_a_join_tells_nobody(database: Database) -> None:
    await _says(database, WANG, "m1", granted=True)
    await _says(database, WANG_IN_WECOM, "m2", granted=False)
    await _link(database, OPENID, EXTERNAL)
    await _says(database, WANG, "m1", granted=True)
    assert await _may_be_sent(database) == [LI]


async def test_many_customers_are_asked_about_in_parts(database: Database) -> None:
    many = [ConversationId(f"official:gh_shop:o{number}") for number in range(1201)]
    unions = [Identifier(IdentifierKind.UNIONID, f"u{number}") for number in range(1201)]
    later = NOW + timedelta(days=1)
    async with database.writing() as connection:
        who = [Identifier(IdentifierKind.OPENID, f"gh_shop:o{number}") for number in range(1201)]
        ids = await STORE.resolve(connection, [*who, *unions], to_ms(NOW))
        links = [
            NewLink(
                one=ids[one].identity_id,
                other=ids[other].identity_id,
                reason=LinkReason.UNIONID,
                source="m",
            )
            for one, other in zip(who, unions, strict=True)
        ]
        await STORE.link(connection, links, to_ms(NOW))
        out = ConsentChange(purpose=Purpose.MARKETING, granted=False)
        for number in (0, 600, 1200):
            await record(connection, many[number], MessageKey(f"m{number}"), [out], later)
        assert await without_withdrawn(connection, many, Purpose.MARKETING) == [*many[1:600], *many[601:1200]]
