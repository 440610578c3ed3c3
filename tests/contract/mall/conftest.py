"""Where a mall keeps its books: memory, SQLite, PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def mall_url(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """The database that the mall keeps its orders in; None for the mall in memory."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return None if request.param == "memory" else f"sqlite+aiosqlite:///{tmp_path}/mall.db"
