"""The names and links of a customer as people are shown them."""

from __future__ import annotations

from datetime import UTC, datetime

from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.joining import LinkReason
from customers.identity.keys import CustomerKeys
from customers.identity.known_as import LinkState, known_as
from customers.identity.store import IdentityStore, NewLink
from storage.database import Database
from storage.times import to_ms

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
KEYS = CustomerKeys("k" * 32)
MALL, OTHER = (Identifier(IdentifierKind.MALL_ID, name) for name in ("M7", "M8"))
UNION = Identifier(IdentifierKind.UNIONID, "u7")
PHONE = Identifier(IdentifierKind.PHONE, "13800138000")


async def test_names_and_links_in_every_state(database: Database) -> None:
    store = IdentityStore(KEYS)
    async with database.writing() as connection:
        ids = {
            name: known.identity_id
            for name, known in (
                await store.resolve(connection, [MALL, OTHER, UNION, PHONE], to_ms(NOW))
            ).items()
        }
        for one, other, reason in (
            (MALL, UNION, LinkReason.UNIONID),
            (MALL, PHONE, LinkReason.SIGNED_EVENT),
            (OTHER, UNION, LinkReason.SIGNED_EVENT),
        ):
            link = NewLink(one=ids[one], other=ids[other], reason=reason, source="mall:e1")
            await store.link(connection, [link], to_ms(NOW))
        found = await store.find(connection, UNION)
        assert found is not None
        before = await known_as(connection, found.customer_id, KEYS)
    assert before is not None
    assert {(name.kind, name.value) for name in before.names} == {
        (name.kind, name.value) for name in (MALL, UNION, PHONE)
    }
    assert [(link.reason, link.state) for link in before.links] == [
        (LinkReason.UNIONID, LinkState.JOINS),
        (LinkReason.SIGNED_EVENT, LinkState.JOINS),
        (LinkReason.SIGNED_EVENT, LinkState.CONFLICT),
    ]
    async with database.writing() as connection:
        await store.undo(connection, before.links[1].link_id, "lan", to_ms(NOW))
        after = await known_as(connection, found.customer_id, CustomerKeys("x" * 32))
        parted = await store.find(connection, PHONE)
        assert parted is not None
        alone = await known_as(connection, parted.customer_id, CustomerKeys("x" * 32))
    assert after is not None
    assert [link.state for link in after.links] == [LinkState.JOINS, LinkState.UNDONE, LinkState.CONFLICT]
    assert alone is not None
    assert [(name.kind, name.value) for name in alone.names] == [(IdentifierKind.PHONE, "")], "another key"
    async with database.reading() as connection:
        assert await known_as(connection, 7_000, KEYS) is None
