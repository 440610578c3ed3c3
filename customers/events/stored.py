"""An event as it is kept: who, what and when in columns, everything else as canonical JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from customers.events.event import CustomerEvent
from storage.times import to_ms


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """``kind``: a value of EventKind. ``told``: what the event says beyond the columns, named like its fields.

    ``acquisition`` is a pair of channel and campaign there, ``role`` a value of Role; what was not told is not there.
    """

    source: str
    event_id: str
    kind: str
    at_ms: int
    told: dict[str, Any]


def stored(event: CustomerEvent) -> StoredEvent:
    return StoredEvent(event.source, event.event_id, event.kind.value, to_ms(event.at), _told(event))


def told_to_json(told: dict[str, Any]) -> str:
    """Canonical: the same text for the same facts."""
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()


def told_from_json(text: str) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads(text)
    return told


def _told(event: CustomerEvent) -> dict[str, Any]:
    acquired = event.acquisition
    told: dict[str, Any] = {
        "order_no": event.order_no,
        "amount_fen": event.amount_fen,
        "seconds": event.seconds,
        "item": event.item,
        "category": event.category,
        "coupon": event.coupon,
        "text": event.text,
        "prompted": event.prompted or None,
        "acquisition": None if acquired is None else [acquired.channel.value, acquired.campaign],
        "region": event.region,
        "age_band": event.age_band,
        "role": None if event.role is None else event.role.value,
        "extra": event.extra or None,
    }
    return {name: value for name, value in told.items() if value is not None and value != ""}
