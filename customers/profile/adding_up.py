"""Adds waiting events to the activities of their identities: each once, and both within the caller's transaction.

One transaction at a time may do so (``customers.profile.profiler`` holds a lock); taking events goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from customers.activity import Activity
from customers.events.stored import StoredEvent, told_from_json
from customers.tally import Tally
from storage.bulk import insert_rows, matching, remove_matching
from storage.customers_schema import activities, events, events_waiting, identities

_EVENT = ("identity_id", "source", "event_id", "kind", "at_ms", "data")


async def add_up(connection: AsyncConnection, identity_ids: Collection[int]) -> dict[int, Activity]:
    """All that waits of these identities, due or not; returns the activities that grew, by identity.

    Events of an identity that was erased meanwhile are erased as well.
    """
    taken = await remove_matching(
        connection, events_waiting, _ids("identity_id", identity_ids), ("event_row",)
    )
    rows = await matching(connection, events, _ids("id", [row.event_row for row in taken]), _EVENT)
    told: dict[int, list[StoredEvent]] = {}
    for row in rows:
        event = StoredEvent(row.source, row.event_id, row.kind, row.at_ms, told_from_json(row.data))
        told.setdefault(row.identity_id, []).append(event)
    known = await matching(connection, identities, _ids("id", told), ("id",))
    gone = told.keys() - {row.id for row in known}
    await remove_matching(connection, events, _ids("identity_id", gone), ())
    before = await activities_of(connection, told)
    grown = {each: _added(before.get(each), told[each]) for each in sorted(told.keys() - gone)}
    kept = [{"identity_id": each, "data": activity.to_json()} for each, activity in grown.items()]
    await insert_rows(connection, activities, kept, unique=("identity_id",), update=("data",))
    return grown


async def activities_of(connection: AsyncConnection, identity_ids: Collection[int]) -> dict[int, Activity]:
    """By identity; nothing for those that did nothing."""
    rows = await matching(connection, activities, _ids("identity_id", identity_ids), ("identity_id", "data"))
    return {row.identity_id: Activity.from_json(row.data) for row in rows}


def _added(before: Activity | None, told: Sequence[StoredEvent]) -> Activity:
    tally = Tally(before)
    for event in told:
        tally.add(event)
    return tally.activity()


def _ids(column: str, values: Collection[int]) -> list[dict[str, int]]:
    return [{column: value} for value in sorted(values)]
