"""How many 微信客服 messages a second go from pulled pages into the inbox: the puller alone, on a real database.

The platform's pages are made beforehand; reading their JSON counts, the network does not. Nobody answers meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from sqlalchemy import func, select

from benchmarks import arguments
from benchmarks.figures import milliseconds
from benchmarks.processes import machine
from benchmarks.shop import new_folder
from bot.pulling.puller import PAGE_SIZE, Puller
from bot.pulling.store import PullStore
from bot.wakeups import Wakeups, Work
from channels.kefu.adapter import KefuChannel
from channels.kefu.client import KefuClient
from channels.kefu.pages import Page, read_page
from channels.kefu.session_store import SessionStore
from channels.tokens import TokenKeeper
from channels.wecom.api import QyApi
from channels.wecom.gettoken import GetToken
from channels.wecom.settings import WecomSettings
from conversations.clock import Clock, SystemClock
from handlers.at_once import at_once
from storage.database import Database
from storage.migrate import migrate
from storage.schema import inbox
from storage.settings import DatabaseSettings

_ACCOUNT = "wkBenchmark01"
_TICK_SECONDS = 0.002
_VISITS = 0.02
_PICTURES = 0.04
_TEXTS = (
    "满多少包邮？",
    "荔枝坏了怎么赔？",
    "几点前下单当天发货",
    "我的订单到哪了",
    "在吗",
    "可以开发票吗，抬头写公司",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=40_000)
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument(
        "--page", type=int, default=PAGE_SIZE, help="items a page (the platform's most is 1000)"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    arguments.progress(f"{options.messages} messages of {options.customers} customers")
    with new_folder() as folder:
        platform = Platform(pages=list(_pages(options)), messages=options.messages)
        database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{folder}/xiaoer.db"))
        try:
            await migrate(database)
            figures = await _run(database, platform)
            stored = await _stored(database)
        finally:
            await database.close()
    return {
        "benchmark": "pulling",
        "machine": machine(),
        "messages": options.messages,
        "customers": options.customers,
        "page": options.page,
        **figures,
        "lost": options.messages - stored,
    }


@dataclass(slots=True, kw_only=True)
class Platform:
    """Gives its ``pages`` out by cursor, as the JSON that they came in; ``asked`` are the times of the calls."""

    pages: Sequence[bytes]
    messages: int
    asked: list[float] = field(default_factory=list)

    async def sync(self, account: str, cursor: str, bell_token: str, limit: int = PAGE_SIZE) -> Page:
        self.asked.append(time.perf_counter())
        return read_page(json.loads(self.pages[int(cursor or 0)]), cursor=cursor)


class Alone(Wakeups):
    """There is nobody to wake."""

    def __init__(self) -> None:
        pass

    def notify(self, work: Work) -> None:
        pass


async def _run(database: Database, platform: Platform) -> dict[str, object]:
    clock = SystemClock()
    store = PullStore(database, worker="one", accounts=[_ACCOUNT], reconcile_ms=60_000)
    greet = at_once(shop_name="禾野集", samples=_TEXTS)
    await store.enrol()
    (pull,) = await store.claim(0)
    async with _channel(database, clock) as channel, _stalls() as stalls:
        puller = Puller(store, platform, channel, Alone(), clock, at_once=greet)
        cpu = time.process_time()
        began = time.perf_counter()
        await puller.pull(pull)
        took = time.perf_counter() - began
        cpu = time.process_time() - cpu
    moments = [*platform.asked, began + took]
    return {
        "messages_per_second": round(platform.messages / took),
        "page_ms": milliseconds([later - earlier for earlier, later in itertools.pairwise(moments)]),
        "loop_stalls_ms": milliseconds(stalls),
        "cpu_ms_per_message": round(cpu / platform.messages * 1000, 3),
        "load_average_1min": round(os.getloadavg()[0], 2),
    }


@asynccontextmanager
async def _stalls() -> AsyncIterator[list[float]]:
    """How much later than asked for the event loop came back, in seconds, all the time: what others there wait."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            due = time.perf_counter() + _TICK_SECONDS
            await asyncio.sleep(_TICK_SECONDS)
            late.append(time.perf_counter() - due)

    ticking = asyncio.create_task(tick())
    try:
        yield late
    finally:
        ticking.cancel()
        await asyncio.wait({ticking})


@asynccontextmanager
async def _channel(database: Database, clock: Clock) -> AsyncIterator[KefuChannel]:
    """The real one, for reading: nothing is ever sent on it."""
    settings = WecomSettings()
    async with aiohttp.ClientSession() as session:
        api = QyApi(settings, session, TokenKeeper(GetToken(settings, session)))
        yield KefuChannel(settings, KefuClient(api), SessionStore(database, clock), clock)


async def _stored(database: Database) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(inbox))).scalar_one())


def _pages(options: argparse.Namespace) -> Iterator[bytes]:
    """What customers do just now, as sync_msg answers (WeCom 94670): mostly texts, some pictures and visits."""
    chance = random.Random(options.seed)
    now = int(time.time())
    numbers = itertools.count()
    for start in range(0, options.messages, options.page):
        count = min(options.page, options.messages - start)
        items = [_item(next(numbers), now, chance, options.customers) for _ in range(count)]
        answer = {
            "errcode": 0,
            "errmsg": "ok",
            "next_cursor": str(start // options.page + 1),
            "has_more": int(start + count < options.messages),
            "msg_list": items,
        }
        yield json.dumps(answer, ensure_ascii=False).encode()


def _item(number: int, now: int, chance: random.Random, customers: int) -> dict[str, object]:
    ids = {"open_kfid": _ACCOUNT, "external_userid": f"wmBench{chance.randrange(customers):025d}"}
    head: dict[str, object] = {"msgid": f"msgBench{number:024d}", "send_time": now}
    kind = chance.random()
    if kind < _VISITS:
        event = {"event_type": "enter_session", **ids, "scene": "card", "welcome_code": f"code{number:028d}"}
        return {**head, "origin": 4, "msgtype": "event", "event": event}
    if kind < _VISITS + _PICTURES:
        return {**head, **ids, "origin": 3, "msgtype": "image", "image": {"media_id": f"media{number:059d}"}}
    return {**head, **ids, "origin": 3, "msgtype": "text", "text": {"content": chance.choice(_TEXTS)}}


if __name__ == "__main__":
    main()
