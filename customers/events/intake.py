"""Takes events: each once, whoever tells it. What they add up to follows (``customers.profile.profiler``).

Everything of a batch is one transaction. The same events again change nothing, whoever tells them at the same time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from customers.events.event import CustomerEvent
from customers.events.stored import stored, told_to_json
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.joining import LinkReason
from customers.identity.store import IdentityStore, Known, NewLink
from customers.settings import OWN_SOURCE
from customers.waiting import due_ms, put_events_waiting, put_waiting
from storage.bulk import insert_rows
from storage.customers_schema import events

_LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """``nobody``: events whose only name is a phone number, where no key is set to keep it under."""

    new: int
    doubled: int
    nobody: int = 0


Present = Sequence[tuple[Identifier, Known]]
"""The names in an event that there is an identity for, in its order; at least one."""


Name = tuple[str, str]
"""Source and id: what an event is known by for ever."""


class EventIntake:
    """``own``: the source whose events are what Xiaoer saw itself; a second name in one comes from a signed scene."""

    def __init__(self, identities: IdentityStore, *, own: str = OWN_SOURCE) -> None:
        self._identities = identities
        self._own = own

    async def take(self, connection: AsyncConnection, told: Sequence[CustomerEvent], now_ms: int) -> Taken:
        """In the caller's transaction, once per transaction: see the order of locks in ``customers.identity.store``."""
        (taken,) = await self.take_each(connection, [told], now_ms)
        return taken

    async def take_each(
        self, connection: AsyncConnection, batches: Sequence[Sequence[CustomerEvent]], now_ms: int
    ) -> list[Taken]:
        """Several batches like one: what of each was new. An event that two of them tell is new in the first."""
        told = [event for batch in batches for event in batch]
        known = await self._identities.resolve(
            connection, {name for each in told for name in each.who}, now_ms
        )
        named = [(each, present) for each in told if (present := _present(each, known))]
        out_of_date = await self._identities.link(connection, self._links(named), now_ms)
        new = await _insert(connection, named, now_ms)
        await put_waiting(connection, out_of_date, now_ms)
        return [_taken(batch, known, new) for batch in batches]

    def _links(self, named: Sequence[tuple[CustomerEvent, Present]]) -> list[NewLink]:
        return [
            NewLink(
                one=one.identity_id,
                other=other.identity_id,
                reason=self._reason(event, (first.kind, name.kind)),
                source=f"{event.source}:{event.event_id}"[:_LONGEST_SOURCE],
            )
            for event, ((first, one), *others) in named
            for name, other in others
        ]

    def _reason(self, event: CustomerEvent, kinds: Collection[IdentifierKind]) -> LinkReason:
        if IdentifierKind.UNIONID in kinds:
            return LinkReason.UNIONID
        if IdentifierKind.PHONE in kinds:
            return LinkReason.PHONE
        return LinkReason.SCENE_PARAM if event.source == self._own else LinkReason.SIGNED_EVENT


def _taken(batch: Sequence[CustomerEvent], known: Mapping[Identifier, Known], new: set[Name]) -> Taken:
    """Takes what is new in the batch out of ``new``."""
    nobody = sum(not _present(event, known) for event in batch)
    mine = {(event.source, event.event_id) for event in batch} & new
    new -= mine
    return Taken(new=len(mine), doubled=len(batch) - nobody - len(mine), nobody=nobody)


def _present(event: CustomerEvent, known: Mapping[Identifier, Known]) -> Present:
    return [(name, known[name]) for name in event.who if name in known]


async def _insert(
    connection: AsyncConnection, named: Sequence[tuple[CustomerEvent, Present]], now_ms: int
) -> set[Name]:
    """Those that were not known. An event is of the first identity that it names."""
    told = {(event.source, event.event_id): (event, present[0][1]) for event, present in reversed(named)}
    rows = [_row(event, known.identity_id, now_ms) for _, (event, known) in sorted(told.items())]
    inserted = await insert_rows(
        connection,
        events,
        rows,
        unique=("source", "event_id"),
        returning=("id", "identity_id", "source", "event_id"),
    )
    waiting = [
        (row.id, row.identity_id, due_ms(told[row.source, row.event_id][0], now_ms)) for row in inserted
    ]
    await put_events_waiting(connection, waiting)
    return {(row.source, row.event_id) for row in inserted}


def _row(event: CustomerEvent, identity_id: int, now_ms: int) -> dict[str, Any]:
    kept = stored(event)
    return {
        "source": kept.source,
        "event_id": kept.event_id,
        "identity_id": identity_id,
        "kind": kept.kind,
        "at_ms": kept.at_ms,
        "received_ms": now_ms,
        "data": told_to_json(kept.told),
    }
