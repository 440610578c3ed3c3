"""A console with nobody in it, on SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.functional.console.serving import ConsoleServer, serving


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"))
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
async def console(database: Database) -> AsyncIterator[ConsoleServer]:
    async with serving(database) as server:
        yield server
