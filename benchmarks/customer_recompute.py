"""All profiles anew, then single ones: 1,000,000 customers with 10,000,000 events in PostgreSQL.

The events are made by the database itself. Recomputing is the product's own command, and its memory that of all its
processes; a lookup is what a turn does, one query by the customer's name.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import yaml
from sqlalchemy import func, select, text

from benchmarks import arguments
from benchmarks.figures import milliseconds
from benchmarks.processes import machine, usage
from benchmarks.shop import ROOT, new_folder
from customers.identity.identifier import Identifier, IdentifierKind
from customers.identity.store import IdentityStore
from customers.profile.profiler import Profiler
from customers.profile.store import ProfileStore
from customers.settings import CustomerSettings
from storage.customers_schema import customer_profiles
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.servers.postgres import running_postgres

_DAY_MS = 86_400_000
_SPREAD_DAYS = 500

_IDENTITIES = """
INSERT INTO identities (id, kind, key, customer_id, first_seen_ms)
SELECT n, 'mall_id', 'M' || n, n, 0 FROM generate_series(1, CAST(:customers AS bigint)) AS n
"""
# Of a customer's ten events, about, two are payments, two views, one a share, one a coupon; the rest are clicks.
# Money is spread as in shops: most orders are small, some are great.
_EVENTS = """
INSERT INTO customer_events (source, event_id, identity_id, kind, at_ms, received_ms, data)
SELECT 'bench', 'e' || n, who, kind,
    CAST(:now AS bigint) - (random() * CAST(:days AS int))::bigint * CAST(:day AS bigint), CAST(:now AS bigint),
    CASE kind
        WHEN 'pay' THEN '{"amount_fen":' || (1000 + exp(random() * 5) * 400)::int || ',"category":"水果","order_no":"o'
            || n || '"}'
        WHEN 'view' THEN '{"category":"大米","item":"sku' || n % 400 || '","seconds":' || (random() * 90)::int || '}'
        WHEN 'click' THEN '{"item":"sku' || n % 400 || '"}'
        WHEN 'coupon_taken' THEN '{"coupon":"C' || n % 20 || '"}'
        ELSE '{}'
    END
FROM (
    SELECT n, 1 + (random() * CAST(:customers AS bigint))::bigint % CAST(:customers AS bigint) AS who,
        (ARRAY['pay','pay','view','view','share','coupon_taken','click','click','click','click'])[(1 + n % 10)::int]
            AS kind
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n
) AS made
"""
_EVENTS_AT_ONCE = 1_000_000


def main() -> None:
    parser = arguments.parser(__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--lookups", type=int, default=3_000)
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    with new_folder() as folder, running_postgres(durable=True) as server:
        url = server.url("postgres")
        database = Database(DatabaseSettings(url=url))
        try:
            await _fill(database, options)
            recomputed = await _recompute(folder, url, options)
            return {
                "benchmark": "customer_recompute",
                "machine": machine(),
                "customers": options.customers,
                "events": options.events,
                "processes": options.processes,
                **recomputed,
                **await _look_up(database, options),
            }
        finally:
            await database.close()


async def _fill(database: Database, options: argparse.Namespace) -> None:
    await migrate(database)
    async with database.writing() as connection:
        await connection.execute(text(_IDENTITIES), {"customers": options.customers})
    now = int(datetime.now(UTC).timestamp() * 1000)
    for first in range(1, options.events + 1, _EVENTS_AT_ONCE):
        arguments.progress(f"making events: {first - 1} of {options.events}")
        span = {"first": first, "last": min(first + _EVENTS_AT_ONCE - 1, options.events)}
        values = {"now": now, "day": _DAY_MS, "days": _SPREAD_DAYS, "customers": options.customers, **span}
        async with database.writing() as connection:
            await connection.execute(text(_EVENTS), values)
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))


async def _recompute(folder: Path, url: str, options: argparse.Namespace) -> dict[str, object]:
    arguments.progress("recomputing")
    config = folder / "config.yml"
    config.write_text(yaml.safe_dump({"database": {"url": url}}))
    command = ("customers", "recompute", "--processes", str(options.processes), "--config", str(config))
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *command, "--json"), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    most = 0.0
    done = asyncio.create_task(process.communicate())
    while not done.done():
        most = max(most, usage([process.pid]).proportional_mb)
        await asyncio.wait({done}, timeout=1)
    output, _ = done.result()
    if process.returncode != 0:
        raise RuntimeError(f"recomputing ended with {process.returncode}")
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "peak_mb": most,
        "recomputed": json.loads(output),
    }


async def _look_up(database: Database, options: argparse.Namespace) -> dict[str, object]:
    arguments.progress("looking up")
    profiles, chance, seconds = ProfileStore(database, IdentityStore(None)), random.Random(1), []
    for _ in range(options.lookups):
        name = Identifier(IdentifierKind.MALL_ID, f"M{1 + chance.randrange(options.customers)}")
        began = time.perf_counter()
        if await profiles.of(name) is None:
            raise RuntimeError(f"nobody knows {name.value}")
        seconds.append(time.perf_counter() - began)
    began = time.perf_counter()
    await Profiler(database, CustomerSettings()).move_line(datetime.now(UTC))
    line = time.perf_counter() - began
    columns = customer_profiles.c
    async with database.reading() as connection:
        query = select(columns.segment, func.count()).group_by(columns.segment)
        segments = {row[0]: row[1] for row in await connection.execute(query)}
    return {
        "lookup_ms": milliseconds(seconds),
        "finding_the_value_line_ms": round(line * 1000, 1),
        "segments": segments,
    }


if __name__ == "__main__":
    os.environ.pop("XIAOER_DATABASE__URL", None)
    main()
