"""The engine's stores on a real database: every test here runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.delivery_store import DeliveryStore
from bot.inbox import Inbox
from bot.turn_store import TurnStore
from conversations.clock import ManualClock
from storage.database import Database
from tests.contract.bot.engine import Engine, FakePort

RETRY_WINDOW_MS = 20_000


@pytest.fixture
def engine(database: Database) -> Engine:
    clock = ManualClock(datetime.now(UTC))
    return Engine(
        database=database,
        inbox=Inbox(database, retry_window_ms=RETRY_WINDOW_MS),
        turns=TurnStore(database, worker="one", retry_window_ms=RETRY_WINDOW_MS),
        other_turns=TurnStore(database, worker="two", retry_window_ms=RETRY_WINDOW_MS),
        deliveries=DeliveryStore(database, worker="one", clock=clock, port=lambda _: FakePort()),
        clock=clock,
    )
