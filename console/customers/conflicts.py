"""Links that wait for a person, or that a person insisted on, with everybody at both ends.

Which links do, no index says: all of them are read, away from the event loop and kept for a while; what is shown is
read anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.customers.listing import CustomerLine, lines_of
from console.customers.naming import ShownName, best_first, called, names_of, names_with, shown_name
from console.customers.words import KIND_TITLES, LINK_REASONS
from console.masking import mask_text
from customers.identity.joining import LinkReason, node_of
from customers.identity.keys import CustomerKeys
from customers.identity.known_as import Name
from storage.customers_schema import identities, identity_links

MOST = 500
"""That are found at once; nobody decides more in a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The customer at one end of a link. ``end``: the name that the link is about."""

    customer: CustomerLine
    names: tuple[ShownName, ...]
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """``speaks_for``: why they are said to be one person; ``speaks_against``: kinds of names that both have, in words.

    ``insisted_by`` empty: nobody decided yet, and the sides are two customers.
    """

    link_id: int
    speaks_for: str
    speaks_against: tuple[str, ...]
    source: str
    at_ms: int
    insisted_by: str
    sides: tuple[Side, Side]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Ids of links, the newest first. ``open``: wait for a person; ``insisted``: joined by one against the rules."""

    open: tuple[int, ...]
    insisted: tuple[int, ...]


async def find_conflicts(connection: AsyncConnection) -> Found:
    low, high = identities.alias("low"), identities.alias("high")
    links = identity_links.c
    holds = links.undone_ms.is_(None)
    parted = (
        select(links.id)
        .join(low, low.c.id == links.low_id)
        .join(high, high.c.id == links.high_id)
        .where(holds, low.c.customer_id != high.c.customer_id)
    )
    insisted = select(links.id).where(holds, links.insisted_by.is_not(None))
    return Found(open=await _newest(connection, parted), insisted=await _newest(connection, insisted))


async def _newest(connection: AsyncConnection, query: Select[Any]) -> tuple[int, ...]:
    """Sorted here: a database that is asked for the newest few looks every link up by itself, ten times as long."""
    rows = await connection.execute(query)
    return tuple(sorted((row[0] for row in rows), reverse=True)[:MOST])


async def conflicts_with(
    connection: AsyncConnection, link_ids: Sequence[int], keys: CustomerKeys | None
) -> list[Conflict]:
    """In the order of the ids; without those that somebody decided meanwhile."""
    links = await connection.execute(
        select(identity_links).where(identity_links.c.id.in_(link_ids), identity_links.c.undone_ms.is_(None))
    )
    rows = {row.id: row for row in links}
    ends = {end for row in rows.values() for end in (row.low_id, row.high_id)}
    owners = await _owners(connection, ends)
    end_names = await names_with(connection, ends, keys)
    customers = sorted(set(owners.values()))
    names = await names_of(connection, customers, keys)
    lines = {line.customer_id: line for line in await lines_of(connection, customers)}

    def side(end: int) -> Side:
        customer_id = owners[end]
        mine = best_first(names.get(customer_id, ()))
        return Side(
            customer=lines[customer_id], names=tuple(map(shown_name, mine)), end=called([end_names[end]])
        )

    found = [rows[link_id] for link_id in link_ids if link_id in rows]
    return [
        Conflict(
            link_id=row.id,
            speaks_for=LINK_REASONS[LinkReason(row.reason)],
            speaks_against=against(names[owners[row.low_id]], names[owners[row.high_id]]),
            source=mask_text(row.source),
            at_ms=row.at_ms,
            insisted_by=row.insisted_by or "",
            sides=(side(row.low_id), side(row.high_id)),
        )
        for row in found
        if _still(row, owners)
    ]


def against(one: Sequence[Name], other: Sequence[Name]) -> tuple[str, ...]:
    """What a person has only one of, and both sides have. Pure."""
    held = {_only_one(name): name.kind for name in one}
    both = {held[key] for name in other if (key := _only_one(name)) in held and key}
    return tuple(title for kind, title in KIND_TITLES.items() if kind in both)


def _only_one(name: Name) -> str:
    return node_of(name.identity_id, name.kind, name.value).name


def _still(row: Row[Any], owners: dict[int, int]) -> bool:
    if row.low_id not in owners or row.high_id not in owners:
        return False
    return row.insisted_by is not None or owners[row.low_id] != owners[row.high_id]


async def _owners(connection: AsyncConnection, identity_ids: set[int]) -> dict[int, int]:
    query = select(identities.c.id, identities.c.customer_id).where(identities.c.id.in_(identity_ids))
    return {row.id: row.customer_id for row in await connection.execute(query)}
