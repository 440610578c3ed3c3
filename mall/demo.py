"""A mall for demonstrations: orders in our own database, filled from a file."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import RowMapping, insert, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.clock import Clock
from conversations.errors import Transient
from mall.port import Item, Order, OrderStatus
from storage.database import Database
from storage.schema import mall_orders
from storage.times import from_ms, to_ms

DEMO_ORDERS = Path(__file__).with_name("demo_orders.yml")


class DemoMall:
    """``Orders`` in the table ``mall_orders``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, order_no: str) -> Order | None:
        async with self._reading() as connection:
            rows = await connection.execute(select(mall_orders).where(mall_orders.c.number == order_no))
            row = rows.mappings().one_or_none()
        return None if row is None else _from_row(row)

    async def recent(self, customer_ref: str, limit: int) -> list[Order]:
        latest_first = (mall_orders.c.placed_at.desc(), mall_orders.c.number.desc())
        theirs = select(mall_orders).where(mall_orders.c.owner_ref == customer_ref)
        async with self._reading() as connection:
            rows = await connection.execute(theirs.order_by(*latest_first).limit(limit))
            return [_from_row(row) for row in rows.mappings()]

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._database.reading() as connection:
                yield connection
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
            raise Transient("the mall is away") from error


async def store(connection: AsyncConnection, order: Order) -> None:
    """Adds an order in the caller's transaction. Raises sqlalchemy.exc.IntegrityError for a number already there."""
    await connection.execute(insert(mall_orders), [_to_row(order)])


async def seed(database: Database, clock: Clock, owners: Mapping[str, str] | None = None) -> int:
    """Adds the demo's orders that are not there yet, dated back from now; returns how many it added.

    ``owners`` gives the customers named in the file ("first") their ``owner_ref``; orders of the others belong to
    nobody we know. Orders that are there stay as they are.
    """
    wanted = demo_orders(clock.now(), owners or {})
    async with database.writing() as connection:
        there = set((await connection.execute(select(mall_orders.c.number))).scalars())
        missing = [order for order in wanted if order.number not in there]
        for order in missing:
            await store(connection, order)
    return len(missing)


def demo_orders(now: datetime, owners: Mapping[str, str]) -> list[Order]:
    """The orders of the demo file, as if placed the stated number of hours before ``now``."""
    content: list[dict[str, Any]] = yaml.safe_load(DEMO_ORDERS.read_text(encoding="utf-8"))
    return [_from_file(entry, now, owners) for entry in content]


def _from_file(entry: Mapping[str, Any], now: datetime, owners: Mapping[str, str]) -> Order:
    shipped = entry.get("shipped_hours_ago")
    return Order(
        number=entry["number"],
        status=OrderStatus(entry["status"]),
        items=tuple(Item(name, quantity) for name, quantity in entry["items"].items()),
        total_fen=entry["total_fen"],
        placed_at=now - timedelta(hours=entry["placed_hours_ago"]),
        shipped_at=None if shipped is None else now - timedelta(hours=shipped),
        carrier=entry.get("carrier"),
        tracking_no=entry.get("tracking_no"),
        owner_ref=owners.get(entry.get("owner", "")),
    )


def _to_row(order: Order) -> dict[str, Any]:
    body = {
        "items": [list(item) for item in order.items],
        "shipped_at": None if order.shipped_at is None else to_ms(order.shipped_at),
        "carrier": order.carrier,
        "tracking_no": order.tracking_no,
    }
    return {
        "number": order.number,
        "owner_ref": order.owner_ref,
        "status": order.status.value,
        "placed_at": to_ms(order.placed_at),
        "total_fen": order.total_fen,
        "body": json.dumps(body, ensure_ascii=False),
    }


def _from_row(row: RowMapping) -> Order:
    body = json.loads(row["body"])
    shipped = body["shipped_at"]
    return Order(
        number=row["number"],
        status=OrderStatus(row["status"]),
        items=tuple(Item(name, quantity) for name, quantity in body["items"]),
        total_fen=row["total_fen"],
        placed_at=from_ms(row["placed_at"]),
        shipped_at=None if shipped is None else from_ms(shipped),
        carrier=body["carrier"],
        tracking_no=body["tracking_no"],
        owner_ref=row["owner_ref"],
    )
