"""The names that a customer is known by, and the links that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.identity.identifier import IdentifierKind
from customers.identity.joining import LinkReason
from customers.identity.keys import CustomerKeys
from storage.bulk import matching
from storage.customers_schema import identities, identity_links
from storage.times import from_ms


class LinkState(StrEnum):
    JOINS = "joins"
    CONFLICT = "conflict"
    """Its ends stay two customers until somebody decides."""
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """``value``: a phone number is the number itself, for masking; empty without the key that it is kept under."""

    identity_id: int
    kind: IdentifierKind
    value: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """``one`` and ``other``: ids of identities. ``source``: what said so."""

    link_id: int
    one: int
    other: int
    reason: LinkReason
    state: LinkState
    source: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAs:
    customer_id: int
    names: tuple[Name, ...]
    links: tuple[Link, ...]


async def known_as(
    connection: AsyncConnection, customer_id: int, keys: CustomerKeys | None
) -> KnownAs | None:
    """None when there is no such customer, or no more."""
    mine = select(identities).where(identities.c.customer_id == customer_id).order_by(identities.c.id)
    rows = (await connection.execute(mine)).all()
    if not rows:
        return None
    links = await _links(connection, [row.id for row in rows])
    ends = [{"id": end} for link in links for end in (link.low_id, link.high_id)]
    owners = {
        row.id: row.customer_id for row in await matching(connection, identities, ends, ("id", "customer_id"))
    }
    return KnownAs(
        customer_id=customer_id,
        names=tuple(_name(row, keys) for row in rows),
        links=tuple(_link(row, joins=owners.get(row.low_id) == owners.get(row.high_id)) for row in links),
    )


async def _links(connection: AsyncConnection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    columns = identity_links.c
    touches = or_(columns.low_id.in_(ids), columns.high_id.in_(ids))
    return (await connection.execute(select(identity_links).where(touches).order_by(columns.id))).all()


def _name(row: Row[Any], keys: CustomerKeys | None) -> Name:
    kind, value = IdentifierKind(row.kind), row.key
    if kind is IdentifierKind.PHONE:
        value = (keys.opened(row.sealed) if keys and row.sealed else None) or ""
    return Name(identity_id=row.id, kind=kind, value=value, since=from_ms(row.first_seen_ms))


def _link(row: Row[Any], *, joins: bool) -> Link:
    state = LinkState.JOINS if joins else LinkState.CONFLICT
    return Link(
        link_id=row.id,
        one=row.low_id,
        other=row.high_id,
        reason=LinkReason(row.reason),
        state=LinkState.UNDONE if row.undone_ms is not None else state,
        source=row.source,
        at=from_ms(row.at_ms),
    )
