"""The list of customers: the last seen first, a page at a time, narrowed by segment, tag and RFM cell.

``seen_ms`` has no index, so that PostgreSQL need not write one with every event. A shop with few customers is sorted
whole. In a large one the newest events are walked back by their key, and a customer stands where their latest event
does: all who came since the shop's first import are in exact order; those known by imports alone come in the order of
the files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.customers.sought import CELLS, Below, Sought
from customers.profile.profile import Segment
from customers.profile.stored import tags_in
from storage.customers_schema import customer_profiles, events, identities

PAGE = 30
SORTED_WHOLE = 60_000
"""Identities up to which all profiles are sorted; it takes tens of milliseconds."""
_EVENTS_AT_ONCE = 1_000
_EVENTS_LOOKED_AT = 20_000
"""For one page; whoever seeks what few have goes on by hand."""

_COLUMNS = tuple(
    customer_profiles.c[name]
    for name in ("customer_id", "data", "segments", "orders", "spent_fen", "seen_ms", "rfm")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLine:
    """A customer as the list shows them. ``judged``: whether there is a profile yet."""

    customer_id: int
    segments: tuple[Segment, ...] = ()
    tags: tuple[str, ...] = ()
    orders: int = 0
    spent_fen: int = 0
    seen_ms: int = 0
    rfm: str = ""
    judged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPage:
    """``below``: what the next page is below of; None: nobody is left."""

    lines: tuple[CustomerLine, ...]
    below: Below | None


async def customers_sought(
    connection: AsyncConnection, sought: Sought, *, sorted_whole: int = SORTED_WHOLE
) -> CustomerPage:
    newest = (await connection.execute(select(func.max(identities.c.id)))).scalar_one_or_none() or 0
    if newest <= sorted_whole:
        return await _sorted(connection, sought)
    return await _walked(connection, sought)


async def lines_of(connection: AsyncConnection, customer_ids: Sequence[int]) -> tuple[CustomerLine, ...]:
    """In the order of the ids, whether they have a profile or not."""
    query = select(*_COLUMNS).where(customer_profiles.c.customer_id.in_(customer_ids))
    found = {row["customer_id"]: _line(row) for row in (await connection.execute(query)).mappings()}
    return tuple(found.get(each) or CustomerLine(customer_id=each, judged=False) for each in customer_ids)


async def _sorted(connection: AsyncConnection, sought: Sought) -> CustomerPage:
    seen, own = customer_profiles.c.seen_ms, customer_profiles.c.customer_id
    query = select(*_COLUMNS).where(*_narrowed(sought))
    if sought.below is not None:
        seen_ms, customer_id = sought.below
        query = query.where(or_(seen < seen_ms, and_(seen == seen_ms, own < customer_id)))
    rows = await connection.execute(query.order_by(seen.desc(), own.desc()).limit(PAGE + 1))
    lines = [_line(row) for row in rows.mappings()]
    shown = lines[:PAGE]
    below = (shown[-1].seen_ms, shown[-1].customer_id) if len(lines) > PAGE else None
    return CustomerPage(lines=tuple(shown), below=below)


async def _walked(connection: AsyncConnection, sought: Sought) -> CustomerPage:
    below = None if sought.below is None else sought.below[0]
    lines: dict[int, CustomerLine] = {}
    for _ in range(_EVENTS_LOOKED_AT // _EVENTS_AT_ONCE):
        happened = await _events_below(connection, below)
        known = await _profiles(connection, sought, {customer_id for _, _, customer_id in happened})
        for event_id, at_ms, customer_id in happened:
            below = event_id
            line = known.get(customer_id)
            # Somebody with a later event stands where that is.
            if line is None or customer_id in lines or at_ms < line.seen_ms:
                continue
            lines[customer_id] = line
            if len(lines) == PAGE:
                return CustomerPage(lines=tuple(lines.values()), below=(event_id, 0))
        if len(happened) < _EVENTS_AT_ONCE:
            return CustomerPage(lines=tuple(lines.values()), below=None)
    return CustomerPage(lines=tuple(lines.values()), below=None if below is None else (below, 0))


async def _events_below(connection: AsyncConnection, below: int | None) -> list[tuple[int, int, int]]:
    """The newest events as (id, when, customer)."""
    query = select(events.c.id, events.c.at_ms, identities.c.customer_id).join(
        identities, identities.c.id == events.c.identity_id
    )
    if below is not None:
        query = query.where(events.c.id < below)
    rows = await connection.execute(query.order_by(events.c.id.desc()).limit(_EVENTS_AT_ONCE))
    return [(row.id, row.at_ms, row.customer_id) for row in rows]


async def _profiles(
    connection: AsyncConnection, sought: Sought, customer_ids: set[int]
) -> dict[int, CustomerLine]:
    own = customer_profiles.c.customer_id.in_(sorted(customer_ids))
    rows = await connection.execute(select(*_COLUMNS).where(own, *_narrowed(sought)))
    return {row["customer_id"]: _line(row) for row in rows.mappings()}


def _narrowed(sought: Sought) -> list[ColumnElement[bool]]:
    table, found = customer_profiles.c, []
    if sought.segment is not None:
        found.append(table.segments.contains(sought.segment.value, autoescape=True))
    if sought.cell:
        found.append(table.rfm.in_(CELLS[sought.cell]))
    if sought.tag:
        # Tags are pairs in a list, the only pairs in one: see customers.profile.stored.
        name = orjson.dumps(sought.tag).decode()
        pairs = (f"[[{name},", f",[{name},")
        found.append(or_(*(table.data.contains(pair, autoescape=True) for pair in pairs)))
    return found


def _line(row: Mapping[Any, Any]) -> CustomerLine:
    return CustomerLine(
        customer_id=row["customer_id"],
        segments=tuple(Segment(name) for name in row["segments"].split(",")),
        tags=tuple(tag.name for tag in tags_in(row["data"])),
        orders=row["orders"],
        spent_fen=row["spent_fen"],
        seen_ms=row["seen_ms"],
        rfm=row["rfm"] or "",
    )
