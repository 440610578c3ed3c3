"""The SQL database: one way to read, one way to write, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import inline_sqlite
from storage.settings import DatabaseSettings

_BUSY_MS = 20_000


class Database:
    """Connections to the database.

    SQLite has one writer at a time, so each process writes on one connection (``BEGIN IMMEDIATE``, waiting its turn
    in arrival order) and reads on others. PostgreSQL writes on as many as the pool holds.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        url = make_url(settings.url)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self._writer_turn = asyncio.Lock()
        if self.is_sqlite:
            file = Path(url.database or "")
            file.parent.mkdir(parents=True, exist_ok=True)
            connecting = partial(inline_sqlite.connect, file)
            self._writer = create_async_engine(url, async_creator=connecting, pool_size=1, max_overflow=0)
            self._reader = create_async_engine(
                url, async_creator=connecting, pool_size=settings.pool_size, max_overflow=0, pool_timeout=30
            )
            _prepare_sqlite(self._writer, begin=inline_sqlite.BEGIN_WRITING)
            _prepare_sqlite(self._reader, begin="BEGIN")
        else:
            self._writer = create_async_engine(
                url, pool_size=settings.pool_size, max_overflow=4, pool_timeout=30
            )
            self._reader = self._writer

    @property
    def engine(self) -> AsyncEngine:
        """The writing engine, for migrations."""
        return self._writer

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end of the block, rolled back when it raises.

        Raises OperationalError when the database cannot be reached.
        """
        if not self.is_sqlite:
            async with _connected(self._writer) as connection, connection.begin():
                yield connection
            return
        async with self._writer_turn, self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view; nothing written here is kept.

        Raises OperationalError when the database cannot be reached.
        """
        async with _connected(self._reader) as connection:
            yield connection

    async def close(self) -> None:
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """SQLAlchemy lets the errors of asyncpg's connect (OSError among them) through as they are."""
    async with AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(engine.connect())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise OperationalError("connect", None, error) from error
        yield connection


def _prepare_sqlite(engine: AsyncEngine, *, begin: str) -> None:
    """Every connection: write-ahead log, every commit on disk before it counts, our own BEGIN."""

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
