"""Many rows in one statement: they travel as one parameter, a JSON array, and the database takes it apart.

A statement with a parameter for each value is limited in their number by every database, and its preparation costs
more than its work. SQLite reads the array by json_each, PostgreSQL by json_to_recordset. Names in the
statements are those of our own schema; values never get into their text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Column, Row, Table, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


async def insert_rows(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: tuple[str, ...] = (),
    update: tuple[str, ...] = (),
    returning: tuple[str, ...] = (),
) -> Sequence[Row[Any]]:
    """Inserts rows that all have the columns of the first, and gives those that were written.

    A row that is there with the same values in ``unique`` stays as it is, or gets the new values of ``update``.
    """
    if not rows:
        return []
    statement = _insert(connection.dialect.name, table, tuple(rows[0]), unique, update, returning)
    result = await connection.execute(statement, {"rows": as_parameter(rows)})
    return result.all() if returning else []


async def matching(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    columns: tuple[str, ...],
) -> Sequence[Row[Any]]:
    """``columns`` of the rows of the table that are like one of ``rows`` in all that this one has."""
    if not rows:
        return []
    statement = _matching(connection.dialect.name, table, tuple(rows[0]), columns)
    return (await connection.execute(statement, {"rows": as_parameter(rows)})).all()


async def update_rows(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *, by: str
) -> None:
    """Gives the rows of the table that have the value of ``by`` the other values of a row."""
    if rows:
        statement = _update(connection.dialect.name, table, tuple(rows[0]), by)
        await connection.execute(statement, {"rows": as_parameter(rows)})


async def remove_matching(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    returning: tuple[str, ...] = (),
) -> Sequence[Row[Any]]:
    """Deletes the rows of the table that are like one of ``rows``, by the one column that these have."""
    if not rows:
        return []
    (column,) = rows[0]
    statement = _remove(connection.dialect.name, table, column, returning)
    result = await connection.execute(statement, {"rows": as_parameter(rows)})
    return result.all() if returning else []


def as_parameter(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


def as_table(dialect: str, name: str, columns: Sequence[Column[Any]]) -> str:
    """What makes a table called ``name`` of the parameter ``:rows``, for a FROM clause."""
    if dialect == "sqlite":
        parts = ", ".join(f"json_extract(value, '$.{column.name}') AS {column.name}" for column in columns)
        return f"(SELECT {parts} FROM json_each(:rows)) AS {name}"  # noqa: S608
    types = ", ".join(f"{column.name} {column.type.compile(_POSTGRESQL)}" for column in columns)
    return f"json_to_recordset(CAST(:rows AS json)) AS {name}({types})"


@cache
def _insert(
    dialect: str,
    table: Table,
    columns: tuple[str, ...],
    unique: tuple[str, ...],
    update: tuple[str, ...],
    returning: tuple[str, ...],
) -> TextClause:
    names = ", ".join(columns)
    source = as_table(dialect, "told", [table.c[name] for name in columns])
    # "WHERE true" keeps SQLite from reading ON CONFLICT as part of the join.
    parts = [f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source} WHERE true"]  # noqa: S608
    if update:
        values = ", ".join(f"{name} = excluded.{name}" for name in update)
        parts.append(f"ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {values}")
    elif unique:
        parts.append(f"ON CONFLICT ({', '.join(unique)}) DO NOTHING")
    if returning:
        parts.append(f"RETURNING {', '.join(returning)}")
    return text(" ".join(parts))


@cache
def _update(dialect: str, table: Table, columns: tuple[str, ...], by: str) -> TextClause:
    source = as_table(dialect, "told", [table.c[name] for name in columns])
    values = ", ".join(f"{name} = told.{name}" for name in columns if name != by)
    return text(f"UPDATE {table.name} SET {values} FROM {source} WHERE {table.name}.{by} = told.{by}")  # noqa: S608


@cache
def _remove(dialect: str, table: Table, column: str, returning: tuple[str, ...]) -> TextClause:
    source = as_table(dialect, "told", [table.c[column]])
    ending = f" RETURNING {', '.join(returning)}" if returning else ""
    wanted = f"SELECT told.{column} FROM {source}"  # noqa: S608
    return text(f"DELETE FROM {table.name} WHERE {column} IN ({wanted}){ending}")  # noqa: S608


@cache
def _matching(dialect: str, table: Table, by: tuple[str, ...], columns: tuple[str, ...]) -> TextClause:
    source = as_table(dialect, "told", [table.c[name] for name in by])
    wanted = ", ".join(f"here.{name}" for name in columns)
    same = " AND ".join(f"here.{name} = told.{name}" for name in by)
    return text(f"SELECT {wanted} FROM {source} JOIN {table.name} AS here ON {same}")  # noqa: S608
