"""A mall for demonstrations: orders, points and changes in our own database, filled from files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import insert, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.clock import Clock, SystemClock
from conversations.errands import Errand
from conversations.errors import Transient
from mall import demo_changes
from mall.demo_rows import from_row, to_row
from mall.port import Item, Order, OrderStatus, Receipt, Reward
from storage.conflicts import insert_or_ignore
from storage.database import Database
from storage.mall_schema import mall_points, mall_rewards
from storage.schema import mall_orders

DEMO_ORDERS = Path(__file__).with_name("demo_orders.yml")
DEMO_POINTS = Path(__file__).with_name("demo_points.yml")


class DemoMall:
    """``Orders``, ``Points`` and ``Changes`` in the tables ``mall_…``."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        """``clock`` tells until when goods may be returned and the like; the system's when none is given."""
        self._database = database
        self._clock = clock or SystemClock()

    async def find(self, order_no: str) -> Order | None:
        async with self._reading() as connection:
            rows = await connection.execute(select(mall_orders).where(mall_orders.c.number == order_no))
            row = rows.mappings().one_or_none()
        return None if row is None else from_row(row)

    async def recent(self, customer_ref: str, limit: int) -> list[Order]:
        latest_first = (mall_orders.c.placed_at.desc(), mall_orders.c.number.desc())
        theirs = select(mall_orders).where(mall_orders.c.owner_ref == customer_ref)
        async with self._reading() as connection:
            rows = await connection.execute(theirs.order_by(*latest_first).limit(limit))
            return [from_row(row) for row in rows.mappings()]

    async def balance(self, customer_ref: str) -> int | None:
        async with self._reading() as connection:
            return await demo_changes.points_of(connection, customer_ref)

    async def rewards(self) -> list[Reward]:
        async with self._reading() as connection:
            return await demo_changes.all_rewards(connection)

    async def carry_out(self, errand: Errand, *, key: str, customer_ref: str) -> Receipt:
        with _away_is_transient():
            async with self._database.writing() as connection:
                return await demo_changes.change(
                    connection, errand, key=key, customer_ref=customer_ref, now=self._clock.now()
                )

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        with _away_is_transient():
            async with self._database.reading() as connection:
                yield connection


@contextmanager
def _away_is_transient() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        raise Transient("the mall is away") from error


async def store(connection: AsyncConnection, order: Order) -> None:
    """Adds an order in the caller's transaction. Raises sqlalchemy.exc.IntegrityError for a number already there."""
    await connection.execute(insert(mall_orders), [to_row(order)])


async def store_points(connection: AsyncConnection, points: Mapping[str, int], rewards: list[Reward]) -> None:
    """Adds balances (by ``owner_ref``) and rewards that are not there yet; those that are stay as they are."""
    balances = [{"owner_ref": owner, "points": count} for owner, count in points.items()]
    if balances:
        await connection.execute(insert_or_ignore(connection, mall_points, "owner_ref"), balances)
    offered = [{"id": each.id, "name": each.name, "points": each.points} for each in rewards]
    if offered:
        await connection.execute(insert_or_ignore(connection, mall_rewards, "id"), offered)


async def seed(database: Database, clock: Clock, owners: Mapping[str, str] | None = None) -> int:
    """Adds the demo's orders, points and rewards that are not there yet; returns how many orders it added.

    ``owners`` gives the customers named in the files ("first") their ``owner_ref``; orders of the others belong to
    nobody we know. Orders are dated back from now; those that are there stay as they are.
    """
    known = owners or {}
    wanted = demo_orders(clock.now(), known)
    points, rewards = demo_points(known)
    async with database.writing() as connection:
        there = set((await connection.execute(select(mall_orders.c.number))).scalars())
        missing = [order for order in wanted if order.number not in there]
        for order in missing:
            await store(connection, order)
        await store_points(connection, points, rewards)
    return len(missing)


def demo_orders(now: datetime, owners: Mapping[str, str]) -> list[Order]:
    """The orders of the demo file, as if placed the stated number of hours before ``now``."""
    content: list[dict[str, Any]] = yaml.safe_load(DEMO_ORDERS.read_text(encoding="utf-8"))
    return [_from_file(entry, now, owners) for entry in content]


def demo_points(owners: Mapping[str, str]) -> tuple[dict[str, int], list[Reward]]:
    """What these customers have, by ``owner_ref``, and what can be had for it."""
    content: dict[str, Any] = yaml.safe_load(DEMO_POINTS.read_text(encoding="utf-8"))
    points = {owners[name]: count for name, count in content["points"].items() if name in owners}
    return points, [Reward(**entry) for entry in content["rewards"]]


def _from_file(entry: Mapping[str, Any], now: datetime, owners: Mapping[str, str]) -> Order:
    def moment(name: str) -> datetime | None:
        hours = entry.get(name)
        return None if hours is None else now - timedelta(hours=hours)

    return Order(
        number=entry["number"],
        status=OrderStatus(entry["status"]),
        items=tuple(Item(name, quantity) for name, quantity in entry["items"].items()),
        total_fen=entry["total_fen"],
        placed_at=now - timedelta(hours=entry["placed_hours_ago"]),
        shipped_at=moment("shipped_hours_ago"),
        delivered_at=moment("delivered_hours_ago"),
        carrier=entry.get("carrier"),
        tracking_no=entry.get("tracking_no"),
        owner_ref=owners.get(entry.get("owner", "")),
    )
