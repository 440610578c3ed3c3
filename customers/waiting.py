"""Customers whose profile is older than what is known of them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.conflicts import insert_or_update
from storage.customers_schema import customers_waiting


async def put_waiting(connection: AsyncConnection, customer_ids: Collection[int], now_ms: int) -> None:
    """In the order of their ids, so that two transactions cannot wait for each other.

    A customer who waits already is written again: that takes the row's lock, so whoever works the customer off either
    sees what this transaction knows, or leaves the customer waiting.
    """
    rows = [{"customer_id": each, "since_ms": now_ms} for each in sorted(customer_ids)]
    if rows:
        statement = insert_or_update(connection, customers_waiting, ("customer_id",), ("since_ms",))
        await connection.execute(statement, rows)
