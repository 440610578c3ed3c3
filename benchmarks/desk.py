"""The desk: how soon every open desk hears of a claim, and how soon the page is there with many conversations open.

A real bot with its console, services under way in its database, streams as browsers hold them, and messages of
customers who are served, while an agent claims one conversation after the other. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Mapping
from urllib.parse import quote

import aiohttp
from sqlalchemy import insert

from benchmarks import arguments
from benchmarks.figures import milliseconds
from benchmarks.processes import machine
from benchmarks.shop import new_folder
from conversations.address import Address, Channel
from storage.database import Database
from storage.people_schema import services
from storage.schema import cases, conversations, messages
from storage.times import now_ms
from tests.functional.bot.hiring import hire
from tests.functional.bot.watching import database_of
from tests.functional.console.serving import Visitor
from tests.functional.world import World

PATIENCE = 10.0
SERVED = "mei"


def main() -> None:
    parser = arguments.parser(__doc__)
    parser.add_argument("--desks", type=int, default=50)
    parser.add_argument("--open", type=int, default=2_000, help="conversations under way")
    parser.add_argument("--rate", type=float, default=20.0, help="messages of customers a second")
    parser.add_argument("--claims", type=int, default=60)
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    async with arguments.knowledge_base(options.knowledge_base) as knowledge:
        with new_folder() as folder:
            async with World(
                folder=folder, knowledge_base=knowledge, settings={"official": {"handoff": "desk"}}
            ) as world:
                await world.start_bot()
                return {"benchmark": "desk", "machine": machine(), **await _measured(world, options)}


async def _measured(world: World, options: argparse.Namespace) -> dict[str, object]:
    await hire(world, "lin", name="小林", roles=("agent",))
    lin = Visitor(world.bot_url)
    await lin.sign_in("lin")
    await lin.get("/console/desk")
    await lin.post("/console/desk/receiving", {"receiving": "no"})
    async with database_of(world) as database:
        names = await _fill(database, options.open)
        pages = [await _page(lin) for _ in range(10)]
        seen: dict[str, list[float]] = {}
        cookies = {"xiaoer_console": lin.cookie}
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(cookies=cookies, connector=connector) as session:
            desks = [asyncio.create_task(_listen(session, world.bot_url, seen)) for _ in range(options.desks)]
            writing = asyncio.create_task(_customers_write(database, names, options.rate))
            await asyncio.sleep(3)
            waits, missed = await _claims(lin, names[: options.claims], seen, options.desks)
            for task in (*desks, writing):
                task.cancel()
            await asyncio.wait([*desks, writing])
    await lin.close()
    return {
        "desks": options.desks,
        "open": options.open,
        "messages_per_second": options.rate,
        "claims": options.claims,
        "claim_to_last_desk_ms": milliseconds(waits),
        "claims_that_a_desk_missed": missed,
        "page_ms": milliseconds(pages),
    }


async def _claims(
    lin: Visitor, names: list[str], seen: Mapping[str, list[float]], desks: int
) -> tuple[list[float], int]:
    """Seconds from the click until the last of all desks has heard of it."""
    waits, missed = [], 0
    for name in names:
        began = time.perf_counter()
        done = await lin.post(f"/console/desk/{quote(name, safe='')}/claim")
        assert done.status == 303, done.text
        while len(seen.get(name, ())) < desks and time.perf_counter() - began < PATIENCE:  # noqa: ASYNC110 - streams
            await asyncio.sleep(0.005)
        heard = seen.get(name, [])
        if len(heard) < desks:
            missed += 1
        else:
            waits.append(max(heard) - began)
        await asyncio.sleep(0.05)
    return waits, missed


async def _listen(session: aiohttp.ClientSession, url: str, seen: dict[str, list[float]]) -> None:
    """Notes when this desk heard that lin serves somebody."""
    known: set[str] = set()
    async with session.get(f"{url}/console/desk/live", timeout=aiohttp.ClientTimeout(total=None)) as stream:
        async for line in stream.content:
            if not line.startswith(b"data: {") or b'"agent": "lin"' not in line:
                continue
            name = json.loads(line[6:])["conversation"]
            if name not in known:
                known.add(name)
                seen.setdefault(name, []).append(time.perf_counter())


async def _page(lin: Visitor) -> float:
    began = time.perf_counter()
    seen = await lin.get("/console/desk")
    assert seen.status == 200
    return time.perf_counter() - began


async def _customers_write(database: Database, names: list[str], rate: float) -> None:
    """Ends never. To customers whom somebody else serves, so that the bot has nothing to say."""
    number = 0
    while True:
        number += 1
        row = {
            "key": f"bench{number}",
            "conversation_id": names[-1 - number % (len(names) // 2)],
            "author": "customer",
            "body": json.dumps({"MsgType": "text", "Content": f"第 {number} 句"}),
            "at_ms": now_ms(),
        }
        async with database.writing() as connection:
            await connection.execute(insert(messages).values(row))
        await asyncio.sleep(1 / rate)


async def _fill(database: Database, count: int) -> list[str]:
    """Half of the customers wait, half are served by a colleague; each has said a few things."""
    names: list[str] = [
        Address(channel=Channel.OFFICIAL, account="gh_demo", peer=f"o{number:05d}").conversation_id
        for number in range(count)
    ]
    now = now_ms()
    async with database.writing() as connection:
        for number, name in enumerate(names):
            served = number >= count // 2
            peer = Address.parse(name).peer
            await connection.execute(
                insert(conversations).values(
                    id=name,
                    channel="official",
                    account="gh_demo",
                    peer=peer,
                    first_seen_ms=now,
                    owner="agent" if served else "queue",
                    agent=SERVED if served else None,
                    epoch=1,
                )
            )
            opened = now - number * 1000
            await connection.execute(
                insert(cases).values(
                    key=name,
                    conversation_id=name,
                    reason="asked_for",
                    summary="…",
                    state="open",
                    opened_ms=opened,
                )
            )
            await connection.execute(
                insert(services).values(
                    key=name,
                    conversation_id=name,
                    state="serving" if served else "waiting",
                    opened_ms=opened,
                    queued_ms=opened,
                    agent=SERVED if served else None,
                    claimed_ms=opened if served else None,
                )
            )
            for line in range(6):
                body = {"type": "text", "text": f"{number} 说的第 {line} 句"}
                await connection.execute(
                    insert(messages).values(
                        key=f"{name}:{line}",
                        conversation_id=name,
                        author=("customer", "bot")[line % 2],
                        body=json.dumps(body),
                        at_ms=opened,
                    )
                )
    return names


if __name__ == "__main__":
    main()
