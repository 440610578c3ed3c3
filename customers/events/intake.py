"""Takes events: each once, into what the events of its identity add up to, and its customer's profile is out of date.

Everything of a batch is one transaction. The same events again change nothing, whoever tells them at the same time.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.activity import Activity, of_event
from customers.events.event import CustomerEvent
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.joining import LinkReason
from customers.identity.store import IdentityStore, Known, NewLink
from customers.waiting import put_waiting
from storage.conflicts import insert_or_ignore, insert_or_update
from storage.customers_schema import activities, events, identities
from storage.times import to_ms

_AT_ONCE = 400
_LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """``nobody``: events whose only name is a phone number, where no key is set to keep it under."""

    new: int
    doubled: int
    nobody: int = 0


class EventIntake:
    """``own``: the source whose events are what Xiaoer saw itself; a second name in one comes from a signed scene."""

    def __init__(self, identities_: IdentityStore, *, own: str = "xiaoer") -> None:
        self._identities = identities_
        self._own = own

    async def take(self, connection: AsyncConnection, told: Sequence[CustomerEvent], now_ms: int) -> Taken:
        """In the caller's transaction, once per transaction: see the order of locks in ``customers.identity.store``."""
        known = await self._identities.resolve(
            connection, {name for each in told for name in each.who}, now_ms
        )
        named = [(each, present) for each in told if (present := _present(each, known))]
        out_of_date = await self._identities.link(connection, self._links(named), now_ms)
        fresh = await _insert(connection, named, now_ms)
        await _add_up(connection, fresh)
        out_of_date |= await _customers(connection, {identity_id for identity_id, _ in fresh})
        await put_waiting(connection, out_of_date, now_ms)
        return Taken(new=len(fresh), doubled=len(named) - len(fresh), nobody=len(told) - len(named))

    def _links(
        self, named: Sequence[tuple[CustomerEvent, Sequence[tuple[Identifier, Known]]]]
    ) -> list[NewLink]:
        links = []
        for event, present in named:
            (first, one), *others = present
            for name, other in others:
                links.append(
                    NewLink(
                        one=one.identity_id,
                        other=other.identity_id,
                        reason=self._reason(event, (first.kind, name.kind)),
                        source=f"{event.source}:{event.event_id}"[:_LONGEST_SOURCE],
                    )
                )
        return links

    def _reason(self, event: CustomerEvent, kinds: Collection[IdentifierKind]) -> LinkReason:
        if IdentifierKind.UNIONID in kinds:
            return LinkReason.UNIONID
        return LinkReason.SCENE_PARAM if event.source == self._own else LinkReason.SIGNED_EVENT


def _present(event: CustomerEvent, known: Mapping[Identifier, Known]) -> list[tuple[Identifier, Known]]:
    return [(name, known[name]) for name in event.who if name in known]


async def _insert(
    connection: AsyncConnection,
    named: Sequence[tuple[CustomerEvent, Sequence[tuple[Identifier, Known]]]],
    now_ms: int,
) -> list[tuple[int, CustomerEvent]]:
    """Those that were not known, each with the identity that it is of: the first that it names."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    told: dict[tuple[str, str], tuple[int, CustomerEvent]] = {}
    for event, present in named:
        name = (event.source, event.event_id)
        identity_id = present[0][1].identity_id
        if name not in rows:
            rows[name] = _row(event, identity_id, now_ms)
            told[name] = (identity_id, event)
    if not rows:
        return []
    statement = insert_or_ignore(connection, events, "source", "event_id").returning(
        events.c.source, events.c.event_id
    )
    in_order = [rows[name] for name in sorted(rows)]
    inserted = (await connection.execute(statement, in_order)).all()
    return [told[row.source, row.event_id] for row in inserted]


def _row(event: CustomerEvent, identity_id: int, now_ms: int) -> dict[str, Any]:
    return {
        "source": event.source,
        "event_id": event.event_id,
        "identity_id": identity_id,
        "kind": event.kind.value,
        "at_ms": to_ms(event.at),
        "received_ms": now_ms,
        "data": stored_details(event),
    }


def stored_details(event: CustomerEvent) -> str:
    """What an event says beyond who, what and when, as canonical JSON; nothing that was not told."""
    acquired = event.acquisition
    details: dict[str, object] = {
        "order_no": event.order_no,
        "amount_fen": event.amount_fen,
        "seconds": event.seconds,
        "item": event.item,
        "category": event.category,
        "coupon": event.coupon,
        "text": event.text,
        "prompted": event.prompted,
        "acquisition": acquired and [acquired.channel.value, acquired.campaign],
        "region": event.region,
        "age_band": event.age_band,
        "role": event.role,
        "extra": event.extra,
    }
    told = {name: value for name, value in details.items() if value not in (None, "", False, {})}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


async def _add_up(connection: AsyncConnection, fresh: Sequence[tuple[int, CustomerEvent]]) -> None:
    added: dict[int, Activity] = defaultdict(Activity)
    for identity_id, event in fresh:
        added[identity_id] = added[identity_id].merged(of_event(event))
    ids = sorted(added)
    # An empty row first, so that there is something to hold where nothing was known.
    if ids:
        empty = [{"identity_id": each, "data": Activity().to_json()} for each in ids]
        await connection.execute(insert_or_ignore(connection, activities, "identity_id"), empty)
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        columns = activities.c
        held = select(columns.identity_id, columns.data).where(columns.identity_id.in_(part))
        before = await connection.execute(held.order_by(columns.identity_id).with_for_update())
        rows = [
            {
                "identity_id": row.identity_id,
                "data": Activity.from_json(row.data).merged(added[row.identity_id]).to_json(),
            }
            for row in before
        ]
        await connection.execute(insert_or_update(connection, activities, ("identity_id",), ("data",)), rows)


async def _customers(connection: AsyncConnection, identity_ids: Collection[int]) -> set[int]:
    ids = sorted(identity_ids)
    found: set[int] = set()
    for start in range(0, len(ids), _AT_ONCE):
        query = select(identities.c.customer_id).where(identities.c.id.in_(ids[start : start + _AT_ONCE]))
        found |= set((await connection.execute(query)).scalars())
    return found
