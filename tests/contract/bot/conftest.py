"""The engine's stores on a real database: every test here runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.delivery_store import DeliveryStore
from bot.inbox import Inbox
from bot.turn_store import TurnStore
from channels.limits import OFFICIAL_LIMITS
from conversations.clock import ManualClock
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.contract.bot.engine import Engine

RETRY_WINDOW_MS = 20_000


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(DatabaseSettings(url=database_url))
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
def engine(database: Database) -> Engine:
    clock = ManualClock(datetime.now(UTC))
    return Engine(
        database=database,
        inbox=Inbox(database, retry_window_ms=RETRY_WINDOW_MS),
        turns=TurnStore(database, worker="one", retry_window_ms=RETRY_WINDOW_MS),
        other_turns=TurnStore(database, worker="two", retry_window_ms=RETRY_WINDOW_MS),
        deliveries=DeliveryStore(database, worker="one", clock=clock, limits=lambda _: OFFICIAL_LIMITS),
        clock=clock,
    )
