"""Identities and their links in SQL. All within the caller's transaction.

Order of locks for whoever writes customers: identities, the lock of links, activities, customers waiting. So whoever
changes links is told whose profiles are out of date, and says so last (``customers.waiting``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.joining import Claim, LinkReason, joined, node_of
from customers.identity.keys import CustomerKeys
from customers.rights.saying import keep_withdrawn
from customers.waiting import put_waiting
from storage.bulk import insert_rows, matching, update_rows
from storage.conflicts import insert_or_ignore
from storage.customers_schema import identities, identity_links, population

_AT_ONCE = 400
"""Values in one statement; databases bound how many one may hold."""
_LINK_LOCK = "link_lock"
_UNASSIGNED = 0
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    identity_id: int
    customer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """``source``: what said so: key of a message, id of an event, login."""

    one: int
    other: int
    reason: LinkReason
    source: str


class IdentityStore:
    """``keys`` None: phone numbers are neither matched nor kept."""

    def __init__(self, keys: CustomerKeys | None) -> None:
        self._keys = keys

    async def resolve(
        self, connection: AsyncConnection, who: Iterable[Identifier], now_ms: int
    ) -> dict[Identifier, Known]:
        """Each with its identity, made when it is new; phone numbers are left out without keys."""
        keyed = {each: key for each in sorted(set(who), key=_in_order) if (key := self.key(each)) is not None}
        names = {(each.kind.value, key) for each, key in keyed.items()}
        found = await _found(connection, names)
        rows = [
            {
                "kind": each.kind.value,
                "key": key,
                "sealed": self._sealed(each),
                "customer_id": _UNASSIGNED,
                "first_seen_ms": now_ms,
            }
            for each, key in keyed.items()
            if (each.kind.value, key) not in found
        ]
        if rows:
            await insert_rows(connection, identities, rows, unique=("kind", "key"))
            fresh = identities.c.customer_id == _UNASSIGNED
            await connection.execute(update(identities).where(fresh).values(customer_id=identities.c.id))
            found |= await _found(connection, names - found.keys())
        return {each: found[each.kind.value, key] for each, key in keyed.items()}

    async def find(self, connection: AsyncConnection, identifier: Identifier) -> Known | None:
        """Whom it names, if anybody."""
        key = self.key(identifier)
        if key is None:
            return None
        return (await _found(connection, {(identifier.kind.value, key)})).get((identifier.kind.value, key))

    async def link(self, connection: AsyncConnection, links: Sequence[NewLink], now_ms: int) -> set[int]:
        """Joins customers where the rules allow it; a link that was undone stays undone.

        Returns the customers, those that are no more among them, whose profiles are out of date.
        """
        rows = {
            (min(each.one, each.other), max(each.one, each.other), each.reason.value): each.source
            for each in links
            if each.one != each.other
        }
        claimed = await _claimed(connection, rows)
        unknown = sorted(rows.keys() - claimed)
        if not unknown:
            return set()
        await hold_links(connection)
        values = [
            {
                "low_id": low,
                "high_id": high,
                "reason": reason,
                "source": rows[low, high, reason],
                "at_ms": now_ms,
            }
            for low, high, reason in unknown
        ]
        await insert_rows(connection, identity_links, values, unique=("low_id", "high_id", "reason"))
        ends = {node for low, high, _ in unknown for node in (low, high)}
        return await _join_again(connection, ends, now_ms)

    async def undo(self, connection: AsyncConnection, link_id: int, by: str, now_ms: int) -> None:
        """Takes a link back: keeps two customers apart, or ends a conflict. Raises LookupError when there is none."""
        await _decide(connection, link_id, {"undone_ms": now_ms, "undone_by": by}, now_ms)

    async def insist(self, connection: AsyncConnection, link_id: int, by: str, now_ms: int) -> None:
        """Joins the ends of a conflict. Raises LookupError when there is no such link, or it was undone."""
        await _decide(connection, link_id, {"insisted_by": by}, now_ms)

    def key(self, identifier: Identifier) -> str | None:
        """What the identity is kept under; None for a phone number without keys."""
        if identifier.kind is not IdentifierKind.PHONE:
            return identifier.value
        return None if self._keys is None else self._keys.hashed(identifier.value)

    def _sealed(self, identifier: Identifier) -> str | None:
        if identifier.kind is not IdentifierKind.PHONE or self._keys is None:
            return None
        return self._keys.sealed(identifier.value)


def _in_order(identifier: Identifier) -> tuple[str, str]:
    """Everybody makes identities in one order, so that nobody waits in a circle."""
    return identifier.kind.value, identifier.value


async def _decide(
    connection: AsyncConnection, link_id: int, values: Mapping[str, object], now_ms: int
) -> None:
    await hold_links(connection)
    link = and_(identity_links.c.id == link_id, identity_links.c.undone_ms.is_(None))
    row = (await connection.execute(select(identity_links).where(link))).mappings().one_or_none()
    if row is None:
        raise LookupError(f"no link {link_id} that is not undone")
    await connection.execute(update(identity_links).where(link).values(**values))
    out_of_date = await _join_again(connection, {row["low_id"], row["high_id"]}, now_ms)
    await put_waiting(connection, out_of_date, now_ms)


async def _found(
    connection: AsyncConnection, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Known]:
    rows = [{"kind": kind, "key": key} for kind, key in names]
    found = await matching(connection, identities, rows, ("id", "kind", "key", "customer_id"))
    return {(row.kind, row.key): Known(identity_id=row.id, customer_id=row.customer_id) for row in found}


async def _claimed(
    connection: AsyncConnection, names: Collection[tuple[int, int, str]]
) -> set[tuple[int, int, str]]:
    """Those of the links that were ever made, undone ones among them."""
    columns = ("low_id", "high_id", "reason")
    rows = [dict(zip(columns, name, strict=True)) for name in names]
    return {
        (row.low_id, row.high_id, row.reason)
        for row in await matching(connection, identity_links, rows, columns)
    }


async def hold_links(connection: AsyncConnection) -> None:
    """Links are changed by one transaction at a time: what two links join may be the same customers."""
    row = {"key": _LINK_LOCK, "data": "", "made_ms": 0}
    await connection.execute(insert_or_ignore(connection, population, "key"), row)
    await connection.execute(select(population.c.key).where(population.c.key == _LINK_LOCK).with_for_update())


async def _join_again(connection: AsyncConnection, changed: Collection[int], now_ms: int) -> set[int]:
    """Everybody whom links, conflicts among them, lead to from ``changed`` gets the customer that the rules say.

    Who is parted from somebody that wanted no advertising goes on getting none. Returns the customers that gained or
    lost somebody.
    """
    nodes, claims = await _family(connection, changed)
    columns = (identities.c.id, identities.c.kind, identities.c.key, identities.c.customer_id)
    rows = [
        row
        for part in _parts(sorted(nodes))
        for row in await connection.execute(select(*columns).where(identities.c.id.in_(part)))
    ]
    found = joined([node_of(row.id, IdentifierKind(row.kind), row.key) for row in rows], list(claims))
    before = {row.id: row.customer_id for row in rows}
    moved = {node: own for node, own in sorted(found.customer_of.items()) if before[node] != own}
    rows_moved = [{"id": node, "customer_id": own} for node, own in moved.items()]
    await update_rows(connection, identities, rows_moved, by="id")
    names = {row.id: Identifier(IdentifierKind(row.kind), row.key) for row in rows}
    for parts in _parted(before, found.customer_of):
        await keep_withdrawn(connection, [[names[each] for each in part] for part in parts], now_ms)
    return {before[node] for node in moved} | {*moved.values()}


def _parted(before: Mapping[int, int], after: Mapping[int, int]) -> list[list[list[int]]]:
    """Of every customer before who is several now: which identities are together."""
    parts: dict[int, dict[int, list[int]]] = {}
    for node, own in sorted(before.items()):
        parts.setdefault(own, {}).setdefault(after[node], []).append(node)
    return [list(each.values()) for each in parts.values() if len(each) > 1]


async def _family(connection: AsyncConnection, start: Collection[int]) -> tuple[set[int], set[Claim]]:
    columns = identity_links.c
    nodes, claims, newest = set(start), set[Claim](), set(start)
    while newest:
        ends: set[int] = set()
        for part in _parts(sorted(newest)):
            touches = or_(columns.low_id.in_(part), columns.high_id.in_(part))
            query = select(identity_links).where(touches, columns.undone_ms.is_(None))
            for row in (await connection.execute(query)).mappings():
                claims.add(
                    Claim(
                        low=row["low_id"],
                        high=row["high_id"],
                        reason=LinkReason(row["reason"]),
                        insisted=row["insisted_by"] is not None,
                    )
                )
                ends |= {row["low_id"], row["high_id"]}
        newest = ends - nodes
        nodes |= ends
    return nodes, claims


def _parts(values: Sequence[T]) -> list[Sequence[T]]:
    return [values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE)]
