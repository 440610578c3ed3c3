"""Everything by which rows of somebody can be found: names, ids, conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.address import Address, Channel
from customers.identity.identifier import Identifier, IdentifierKind
from customers.rights.names import hidden, names_key
from storage.bulk import matching
from storage.customers_schema import identities
from storage.schema import cases, conversations, kefu_accounts, messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """``customer_id`` None: no identity is kept, only conversations. ``names``: phone numbers by their keyed hash.

    ``hidden``: under what a withdrawal stands unreadably; ``cases``: keys of the cases that colleagues were told of,
    ``told``: the words of the customer that they were told.
    """

    customer_id: int | None
    names: tuple[Identifier, ...]
    identity_ids: tuple[int, ...]
    conversations: tuple[str, ...]
    hidden: tuple[str, ...]
    cases: tuple[str, ...]
    told: tuple[str, ...]

    @property
    def external_userids(self) -> tuple[str, ...]:
        return tuple(each.value for each in self.names if each.kind is IdentifierKind.EXTERNAL_USERID)


async def find_person(
    connection: AsyncConnection, who: Identifier | int, *, lock: bool = False
) -> Person | None:
    """``who``: a name, a phone number by its keyed hash, or the id of a customer. None: nothing is kept of them.

    ``lock``: nobody else changes these identities until the transaction ends.
    """
    query = select(identities).order_by(identities.c.id)
    customer_id: int | None
    if isinstance(who, Identifier):
        rows = await matching(
            connection, identities, [{"kind": who.kind.value, "key": who.value}], ("customer_id",)
        )
        customer_id = rows[0].customer_id if rows else None
    else:
        customer_id = who
    mine = query.where(identities.c.customer_id == customer_id)
    found = (await connection.execute(mine.with_for_update() if lock else mine)).all()
    names = [Identifier(IdentifierKind(row.kind), row.key) for row in found]
    if not names and isinstance(who, Identifier):
        names = [who]
    talks = await _conversations(connection, names)
    if not found and not talks:
        return None
    key = await names_key(connection)
    told = (
        await connection.execute(
            select(cases.c.key, cases.c.summary).where(cases.c.conversation_id.in_(talks))
        )
    ).all()
    return Person(
        customer_id=found[0].customer_id if found else None,
        names=tuple(names),
        identity_ids=tuple(row.id for row in found),
        conversations=tuple(talks),
        hidden=() if key is None else tuple(hidden(key, each.kind, each.value) for each in names),
        cases=tuple(row.key for row in told),
        told=tuple(row.summary for row in told),
    )


async def _conversations(connection: AsyncConnection, names: Sequence[Identifier]) -> list[str]:
    """Those that there are. The last question reads the whole table: nothing else finds a person at every account."""
    wanted = {f"{Channel.OFFICIAL}:{name.value}" for name in names if name.kind is IdentifierKind.OPENID}
    peers = [name.value for name in names if name.kind is IdentifierKind.EXTERNAL_USERID]
    if peers:
        accounts = (await connection.execute(select(kefu_accounts.c.account))).scalars()
        wanted |= {
            Address(channel=Channel.KEFU, account=account, peer=peer).conversation_id
            for account in accounts
            for peer in peers
        }
        columns = conversations.c
        theirs = select(columns.id).where(columns.channel == Channel.KEFU.value, columns.peer.in_(peers))
        wanted |= set((await connection.execute(theirs)).scalars())
    if not wanted:
        return []
    known = select(conversations.c.id).where(conversations.c.id.in_(wanted))
    said = select(messages.c.conversation_id).where(messages.c.conversation_id.in_(wanted)).distinct()
    return sorted({*(await connection.execute(known)).scalars(), *(await connection.execute(said)).scalars()})
