"""Old trackers are forgotten, on both databases that Rasa can keep them in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from intents.rasa_service.trackers import AT_ONCE, forget_older

NOW = 1_790_000_000.5

metadata = sa.MetaData()
events = sa.Table(  # as Rasa 3.6.21 makes it
    "events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender_id", sa.String(255), nullable=False, index=True),
    sa.Column("type_name", sa.String(255), nullable=False),
    sa.Column("timestamp", sa.Float),
    sa.Column("intent_name", sa.String(255)),
    sa.Column("action_name", sa.String(255)),
    sa.Column("data", sa.Text),
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """As Rasa is told."""
    if request.param == "sqlite":
        return str(tmp_path / "trackers.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    url = database if "://" in database else f"sqlite+aiosqlite:///{database}"
    made = create_async_engine(url, poolclass=sa.pool.NullPool)
    async with made.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield made
    await made.dispose()


async def keep(engine: AsyncEngine, sender: str, *ages: float) -> None:
    rows = [
        {"sender_id": sender, "type_name": "user", "timestamp": NOW - age, "data": "张三的电话"}
        for age in ages
    ]
    async with engine.begin() as connection:
        await connection.execute(sa.insert(events), rows)


async def senders(engine: AsyncEngine) -> dict[str, int]:
    async with engine.connect() as connection:
        query = sa.select(events.c.sender_id, sa.func.count()).group_by(events.c.sender_id)
        return {row.sender_id: row[1] for row in await connection.execute(query)}


async def test_silent_trackers_go_whole_and_others_stay_whole(engine: AsyncEngine, database: str) -> None:
    await keep(engine, "silent#1", 5000, 4000, 1001)
    await keep(engine, "silent#2", 1001)
    await keep(engine, "came-back#1", 5000, 999)
    assert await forget_older(database, before=NOW - 1000) == 2
    assert await senders(engine) == {"came-back#1": 2}
    assert await forget_older(database, before=NOW - 1000) == 0


async def test_many_go_in_steps(engine: AsyncEngine, database: str) -> None:
    many = AT_ONCE * 2 + 1
    rows = [
        {"sender_id": f"c#{number}", "type_name": "user", "timestamp": NOW - 10.0} for number in range(many)
    ]
    async with engine.begin() as connection:
        await connection.execute(sa.insert(events), rows)
    assert await forget_older(database, before=NOW) == many
    assert await senders(engine) == {}


async def test_there_is_nothing_to_forget_where_rasa_has_stored_nothing(database: str) -> None:
    assert await forget_older(database, before=NOW) == 0


def test_a_file_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    assert asyncio.run(forget_older(str(tmp_path / "trackers.db"), before=NOW)) == 0
    assert list(tmp_path.iterdir()) == []


async def test_what_was_forgotten_is_overwritten_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "trackers.db"
    made = create_async_engine(f"sqlite+aiosqlite:///{file}", poolclass=sa.pool.NullPool)
    async with made.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await keep(made, "silent#1", 2000)
    await made.dispose()
    assert "张三".encode() in file.read_bytes()
    await forget_older(str(file), before=NOW)
    assert "张三".encode() not in file.read_bytes()
