"""How many events a second the bot takes by HTTP, and how soon one of them moves a tag while the others come.

First as many as it takes from a few connections, then at a given rate; the rate's run also sends single events that
make their customer a creator, and looks for the tag in the database. PostgreSQL and SQLite commit to disk as in
production; everything (database, bot, load) shares the machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from sqlalchemy import func, select

from benchmarks import arguments
from benchmarks.customer_load import BATCH, SOURCE, Crowd, body
from benchmarks.figures import milliseconds
from benchmarks.platform_api import platform_api
from benchmarks.processes import machine
from benchmarks.shop import Shop, new_folder
from customers.events.signature import signed_headers
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.store import IdentityStore
from customers.profile.store import ProfileStore
from storage.customers_schema import events, events_waiting
from storage.database import Database
from storage.settings import DatabaseSettings
from tests.servers.postgres import running_postgres

SECRET = "b" * 32
_LOOK_SECONDS = 0.02
_LOOKS = 3_000
_PATIENCE = 60.0
_MORE_THAN_IT_TAKES = 15_000


def main() -> None:
    parser = arguments.parser(__doc__)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--rate", type=int, default=10_000, help="events/s of the second run; 0: without it")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--active", type=int, default=50_000, help="customers who do something at any moment")
    parser.add_argument("--roles", type=arguments.words, default=("web", "worker"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    async with arguments.knowledge_base(options.knowledge_base) as knowledge_base:
        runs = [await _run(None, knowledge_base, options)]
        if options.rate:
            runs.append(await _run(options.rate, knowledge_base, options))
    return {
        "benchmark": "customer_events",
        "machine": machine(),
        "database": options.database,
        "bot_processes": list(options.roles),
        "customers": options.customers,
        "active": options.active,
        "runs": runs,
    }


@dataclass(slots=True, kw_only=True)
class Teller:
    """The shop's system."""

    session: aiohttp.ClientSession
    url: str
    told: int = 0
    taken: int = 0
    seconds: list[float] = field(default_factory=list)

    async def tell(self, raw: bytes) -> None:
        headers = signed_headers(SECRET, SOURCE, int(time.time()), raw)
        began = time.perf_counter()
        async with self.session.post(self.url, data=raw, headers=headers) as response:
            said = await response.json()
        if response.status != 200 or said["refused"]:
            raise RuntimeError(f"{response.status}: {said}")
        self.seconds.append(time.perf_counter() - began)
        self.taken += said["taken"]


async def _run(rate: int | None, knowledge_base: Path, options: argparse.Namespace) -> dict[str, object]:
    """Against a fresh bot, whose database knows only the customers who are active at first."""
    arguments.progress("as many as it takes" if rate is None else f"{rate} events/s")
    crowd = Crowd(customers=options.customers, active=options.active, seed=options.seed)
    count = int((rate or _MORE_THAN_IT_TAKES) * options.seconds / BATCH)
    batches = list(itertools.islice(crowd.batches(datetime.now(UTC)), count))
    with new_folder() as folder, _database(options.database, folder) as url:
        async with platform_api(lambda _peer, _text: None) as api_base:
            shop = Shop(
                folder=folder,
                knowledge_base=knowledge_base,
                api_base=api_base,
                roles=options.roles,
                database_url=url,
                environment={"XIAOER_CUSTOMERS__EVENTS__SECRETS": json.dumps({SOURCE: SECRET})},
            )
            async with shop.running(), _looking(url) as (database, session):
                teller = Teller(session=session, url=f"http://127.0.0.1:{shop.port}/api/v1/events")
                await _warm_up(teller, crowd, database)
                before, began = shop.usage(), time.perf_counter()
                moved: list[float] = []
                if rate is None:
                    await _closed(teller, batches, options)
                    took = time.perf_counter() - began
                else:
                    async with _probing(teller, database) as moved:
                        await _open(teller, batches, rate)
                        took = time.perf_counter() - began
                after = shop.usage()
                waiting = await _waiting(database)
                stored = await _stored(database)
    return {
        "rate": rate,
        "events": teller.taken,
        "stored": stored,
        "seconds": round(took, 1),
        "events_per_second": round(teller.taken / took),
        "response_ms": milliseconds(teller.seconds),
        "tag_moved_ms": milliseconds(moved),
        "tags_looked_for": len(moved),
        "waiting_at_the_end": waiting,
        "cpu_seconds_of_the_bot": round(after.cpu_seconds - before.cpu_seconds, 1),
        "peak_mb": after.peak_mb,
    }


async def _warm_up(teller: Teller, crowd: Crowd, database: Database) -> None:
    """Until everybody who is active at first is known, and nobody waits."""
    for raw in crowd.arriving(datetime.now(UTC)):
        await teller.tell(raw)
    for _ in range(_LOOKS):
        if not (await _waiting(database))["due"]:
            break
        await asyncio.sleep(_LOOK_SECONDS)
    teller.taken = 0
    teller.seconds.clear()


async def _closed(teller: Teller, batches: list[bytes], options: argparse.Namespace) -> None:
    """Each connection tells its next batch when the one before was taken, until the time is over."""
    end = time.perf_counter() + options.seconds
    left = iter(batches)

    async def connection() -> None:
        for raw in left:
            if time.perf_counter() >= end:
                return
            await teller.tell(raw)

    await asyncio.gather(*(connection() for _ in range(options.connections)))


async def _open(teller: Teller, batches: list[bytes], rate: int) -> None:
    """Each batch at its time, whether the ones before were taken or not."""
    began, telling = time.perf_counter(), []
    for number, raw in enumerate(batches):
        await asyncio.sleep(max(0.0, began + number * BATCH / rate - time.perf_counter()))
        telling.append(asyncio.create_task(teller.tell(raw)))
    await asyncio.gather(*telling)


@asynccontextmanager
async def _probing(teller: Teller, database: Database) -> AsyncIterator[list[float]]:
    """Seconds from telling an event until its tag is in the database, one after the other."""
    seconds: list[float] = []
    profiles = ProfileStore(database, IdentityStore(None))

    async def probe() -> None:
        for number in itertools.count():
            name = f"probe{number}"
            event = {
                "id": name,
                "kind": "about",
                "at": datetime.now(UTC).isoformat(),
                "who": {"mall_id": name},
                "role": "creator",
            }
            began = time.perf_counter()
            await teller.tell(body([event]))
            while (profile := await profiles.of(Identifier(IdentifierKind.MALL_ID, name))) is None:
                if time.perf_counter() - began > _PATIENCE:
                    raise RuntimeError("a tag did not move")
                await asyncio.sleep(_LOOK_SECONDS)
            if [tag.name for tag in profile.tags] != ["社交传播节点"]:
                raise RuntimeError(f"another tag: {profile.tags}")
            seconds.append(time.perf_counter() - began)
            await asyncio.sleep(0.5)

    probing = asyncio.create_task(probe())
    try:
        yield seconds
    finally:
        probing.cancel()
        await asyncio.wait({probing})
    if not probing.cancelled() and (error := probing.exception()) is not None:
        raise error


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'xiaoer.db'}"
        return
    with running_postgres(durable=True) as server:
        yield server.url("postgres")


@asynccontextmanager
async def _looking(url: str) -> AsyncIterator[tuple[Database, aiohttp.ClientSession]]:
    database = Database(DatabaseSettings(url=url))
    async with aiohttp.ClientSession() as session:
        try:
            yield database, session
        finally:
            await database.close()


async def _stored(database: Database) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(events))).scalar_one())


async def _waiting(database: Database) -> dict[str, int]:
    """Events not added up yet: those that are due, and those that may wait for others."""
    now = int(time.time() * 1000)
    columns = events_waiting.c
    async with database.reading() as connection:
        all_of_them = (
            await connection.execute(select(func.count()).select_from(events_waiting))
        ).scalar_one()
        due = select(func.count()).select_from(events_waiting).where(columns.due_ms <= now)
        return {"due": int((await connection.execute(due)).scalar_one()), "all": int(all_of_them)}


if __name__ == "__main__":
    main()
