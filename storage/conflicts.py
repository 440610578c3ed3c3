"""Inserts that meet a row already there: the one thing that SQLAlchemy spells differently for each database."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_or_ignore(connection: AsyncConnection, table: Table, *unique: str) -> Any:
    """An insert that leaves a row alone which has the same values in the ``unique`` columns."""
    return _ignoring(connection.dialect.name, table, unique)


def insert_or_update(
    connection: AsyncConnection, table: Table, unique: tuple[str, ...], update: tuple[str, ...]
) -> Any:
    """An insert that gives such a row the new values of the ``update`` columns."""
    return _updating(connection.dialect.name, table, unique, update)


@cache
def _ignoring(dialect: str, table: Table, unique: tuple[str, ...]) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing(index_elements=unique)


@cache
def _updating(dialect: str, table: Table, unique: tuple[str, ...], update: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table)
    values = {name: statement.excluded[name] for name in update}
    return statement.on_conflict_do_update(index_elements=unique, set_=values)


def _insert(dialect: str, table: Table) -> Any:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
