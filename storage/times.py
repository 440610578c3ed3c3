"""Times as they are stored: whole milliseconds since 1970 UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """Real time, for leases and retries. (Business time comes from a ``Clock``.)"""
    return time.time_ns() // 1_000_000


def to_ms(moment: datetime) -> int:
    """Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("a stored time must be timezone-aware")
    return round(moment.timestamp() * 1000)


def from_ms(stored: int) -> datetime:
    return datetime.fromtimestamp(stored / 1000, UTC)
