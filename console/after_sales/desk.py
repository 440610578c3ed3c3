"""What the pages of after-sales work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from escalation.after_sales.store import Promises
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterSalesDesk:
    """``now``: business time; ``real_ms``: real time; ``changed`` wakes who carries out and sends."""

    database: Database
    now: Callable[[], datetime]
    real_ms: Callable[[], int]
    promises: Promises
    refund_limit_fen: int
    changed: Callable[[], None]
