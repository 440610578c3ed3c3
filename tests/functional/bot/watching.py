"""What tests look at in a running world: the database, the platform's log, what was heard; waiting for conditions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.sql.expression import FromClause

from bot.config import load_settings
from storage.database import Database
from storage.schema import inbox, outbox
from tests.functional.world import World, line_text
from tests.patience import PATIENCE

Rule = Mapping[str, object]


@asynccontextmanager
async def database_of(world: World) -> AsyncIterator[Database]:
    database = Database(load_settings(world.config).database)
    try:
        yield database
    finally:
        await database.close()


async def rows(world: World, table: FromClause, **where: object) -> list[Any]:
    """The rows of ``table`` whose columns have these values, oldest first."""
    query = select(table).order_by(*table.primary_key).where(*(table.c[k] == v for k, v in where.items()))
    async with database_of(world) as database, database.reading() as connection:
        return list(await connection.execute(query))


async def rows_of(world: World, table: FromClause, shopper: str) -> list[Any]:
    """The rows of one shopper's conversation, oldest first."""
    return await rows(world, table, conversation_id=await conversation_of(world, shopper))


async def conversation_of(world: World, shopper: str) -> str:
    """The stored id of the shopper's conversation."""
    return f"official:gh_demo:{(await world.sim('GET', f'shoppers/{shopper}'))['openid']}"


async def until(condition: Callable[[], Awaitable[bool]], what: str, seconds: float = PATIENCE) -> None:
    """Waits for it; the end of patience fails with ``what``."""
    try:
        async with asyncio.timeout(seconds):
            while not await condition():  # noqa: ASYNC110 - other processes change what it looks at
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"never came: {what}") from None


async def drained(world: World) -> None:
    """Waits until every callback is answered and everything that can be sent is sent."""

    async def nothing_left() -> bool:
        waiting = await rows(world, inbox, state="waiting")
        unsent = [row for row in await rows(world, outbox) if row.state in ("pending", "offered", "sending")]
        return not waiting and not unsent

    await world.sim("POST", f"settle?timeout={PATIENCE}")
    await until(nothing_left, "an empty inbox and outbox")


async def lines(world: World, shopper: str) -> list[dict[str, Any]]:
    """What the shopper heard, as lines of the transcript."""
    answer = await world.sim("GET", f"shoppers/{shopper}/transcript")
    return [line for line in answer["lines"] if line["direction"] == "heard"]


async def hears(world: World, shopper: str, count: int) -> list[str]:
    """Waits until the shopper heard so many lines; returns their texts."""

    async def enough() -> bool:
        return len(await lines(world, shopper)) >= count

    try:
        await until(enough, f"{count} lines for {shopper}")
    except AssertionError as error:
        raise AssertionError(f"{error}; heard {await lines(world, shopper)}; {world.log()}") from None
    return [line_text(line) for line in await lines(world, shopper)]


async def entries(world: World, kind: str, *, after: int = 0) -> list[dict[str, Any]]:
    """The platform's log of this kind."""
    found: list[dict[str, Any]] = []
    while True:
        page = await world.sim("GET", f"log?kind={kind}&after={after}&limit=1000")
        found += page["entries"]
        if not page.get("more"):
            return found
        after = page["last"]


async def api_calls(world: World, path: str = "/cgi-bin/message/custom/send") -> list[dict[str, Any]]:
    return [entry for entry in await entries(world, "api.call") if entry["path"] == path]


@asynccontextmanager
async def faults(world: World, *rules: Rule) -> AsyncIterator[None]:
    """The platform misbehaves by these rules while the block runs."""
    await world.sim("PUT", "faults", {"rules": list(rules)})
    try:
        yield
    finally:
        await world.sim("DELETE", "faults")


async def violations(world: World) -> dict[str, int]:
    """How often the bot broke which of the platform's rules."""
    counts: dict[str, int] = (await world.sim("GET", "invariants"))["counts"]
    return counts
