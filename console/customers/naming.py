"""What a customer is called on the pages: no names are kept, so the best of their ids, masked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.customers.words import KIND_ICONS, KIND_TITLES
from console.masking import DOTS, mask_id, mask_phone
from customers.identity.identifier import IdentifierKind
from customers.identity.keys import CustomerKeys
from customers.identity.known_as import Name
from storage.customers_schema import identities
from storage.times import from_ms, to_ms

_BEST_FIRST = tuple(KIND_TITLES)
_MOST = 40
"""Of one customer that are shown; a person has few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownName:
    """``masked``: as everybody may see it. ``can_reveal``: False for a number kept under another key."""

    identity_id: int
    title: str
    icon: str
    masked: str
    can_reveal: bool
    since_ms: int


def shown_name(name: Name) -> ShownName:
    return ShownName(
        identity_id=name.identity_id,
        title=KIND_TITLES[name.kind],
        icon=KIND_ICONS[name.kind],
        masked=masked(name),
        can_reveal=bool(name.value),
        since_ms=to_ms(name.since),
    )


def masked(name: Name) -> str:
    if name.kind is IdentifierKind.PHONE:
        return mask_phone(name.value) if name.value else DOTS
    return mask_id(bare(name))


def bare(name: Name) -> str:
    """An openid without its account; other names as they are."""
    return name.value.rpartition(":")[2] if name.kind is IdentifierKind.OPENID else name.value


def best_first(names: Sequence[Name]) -> list[Name]:
    """What says most of a person first: a phone number, an account in the mall."""
    return sorted(names, key=lambda name: (_BEST_FIRST.index(name.kind), name.identity_id))


def called(names: Sequence[Name]) -> str:
    """手机号 138••••5678; empty for nobody."""
    first = next(iter(best_first(names)), None)
    return "" if first is None else f"{KIND_TITLES[first.kind]} {masked(first)}"


async def names_of(
    connection: AsyncConnection, customer_ids: Collection[int], keys: CustomerKeys | None
) -> dict[int, tuple[Name, ...]]:
    """By customer, by index; nobody is left out but those who are no more."""
    if not customer_ids:
        return {}
    query = select(identities).where(identities.c.customer_id.in_(customer_ids)).order_by(identities.c.id)
    found: dict[int, list[Name]] = {}
    for row in await connection.execute(query.limit(_MOST * len(customer_ids))):
        found.setdefault(row.customer_id, []).append(_name(row, keys))
    return {customer_id: tuple(names) for customer_id, names in found.items()}


async def names_with(
    connection: AsyncConnection, identity_ids: Collection[int], keys: CustomerKeys | None
) -> dict[int, Name]:
    """By their own id; those that are gone are left out."""
    query = select(identities).where(identities.c.id.in_(identity_ids))
    rows = (await connection.execute(query)).all() if identity_ids else []
    return {row.id: _name(row, keys) for row in rows}


def _name(row: Row[Any], keys: CustomerKeys | None) -> Name:
    kind, value = IdentifierKind(row.kind), row.key
    if kind is IdentifierKind.PHONE:
        value = (keys.opened(row.sealed) if keys and row.sealed else None) or ""
    return Name(identity_id=row.id, kind=kind, value=value, since=from_ms(row.first_seen_ms))
