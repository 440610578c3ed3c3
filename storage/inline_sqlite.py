"""SQLite connections whose short statements run where they are asked for, not in a thread of their own.

aiosqlite hands every statement to a thread and back. Our statements take some 20 µs each on rows that are in memory;
the hand-over costs several times that, and more while the event loop is busy. So only what can wait for the disk or
for another process goes to the thread: opening, beginning to write, committing. Reading much at once belongs
elsewhere (reports open connections of their own).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiosqlite

BEGIN_WRITING = "BEGIN IMMEDIATE"
_ROWS_AT_ONCE = 64


class InlineConnection(aiosqlite.Connection):
    """An aiosqlite connection for one task at a time, as SQLAlchemy's pool gives it out."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._connection is None or _may_wait(fn, args):
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)


def _may_wait(fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    """For the disk (committing, closing the file), or for another process that writes."""
    of_connection = isinstance(getattr(fn, "__self__", None), sqlite3.Connection)
    return (of_connection and fn.__name__ in ("commit", "close")) or (bool(args) and args[0] == BEGIN_WRITING)


async def connect(database: Path) -> aiosqlite.Connection:
    """An open connection. Raises sqlite3.Error when the file cannot be opened."""

    def open_file() -> sqlite3.Connection:
        # Used by the thread and by the loop, never at the same time.
        return sqlite3.connect(database, check_same_thread=False)

    connection = InlineConnection(open_file, _ROWS_AT_ONCE)
    return await connection
