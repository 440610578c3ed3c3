"""What is not yet part of a profile: events to be added up, and customers to be judged again."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from customers.events.event import CustomerEvent, EventKind
from storage.bulk import insert_rows
from storage.customers_schema import customers_waiting, events_waiting

SOON_MS = 30_000
"""How long an event that moves neither tags nor segments may wait for others of the same customer."""

_MOVES_NOTHING = frozenset({EventKind.EXPOSURE, EventKind.CLICK, EventKind.MESSAGE, EventKind.LIVE_COMMENT})


def due_ms(event: CustomerEvent, now_ms: int) -> int:
    """When an event has to be part of the profile: at once when a rule could read it, else when there is time."""
    moves = event.kind not in _MOVES_NOTHING or event.role or event.region or event.age_band
    return now_ms if moves else now_ms + SOON_MS


async def put_events_waiting(connection: AsyncConnection, rows: Sequence[tuple[int, int, int]]) -> None:
    """Rows: the event's, its identity, and when it is due (ms)."""
    values = [{"event_row": event, "identity_id": identity, "due_ms": due} for event, identity, due in rows]
    await insert_rows(connection, events_waiting, values)


async def put_waiting(connection: AsyncConnection, customer_ids: Collection[int], now_ms: int) -> None:
    """Customers whose links changed, those that are no more among them; in order, so that nobody waits in a circle.

    One who waits already is written again: that takes the row's lock, so whoever works the customer off either sees
    what this transaction did, or leaves the customer waiting.
    """
    rows = [{"customer_id": each, "due_ms": now_ms} for each in sorted(customer_ids)]
    await insert_rows(connection, customers_waiting, rows, unique=("customer_id",), update=("due_ms",))
