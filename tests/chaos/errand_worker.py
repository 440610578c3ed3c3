"""A process that carries errands out until it dies: ``python -m tests.chaos.errand_worker DATABASE MOMENT``.

``MOMENT``: ``answered`` kills it (SIGKILL) between the mall's answer and our commit, ``random`` soon after its first
errand, ``never`` lets it live.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys

from bot.errands.carrying import Carrying
from bot.errands.store import ErrandStore
from bot.wakeups import Wakeups
from conversations.errands import Errand
from mall.demo import DemoMall
from mall.port import Receipt
from storage.database import Database
from storage.redis_link import RedisLink
from storage.settings import DatabaseSettings, RedisSettings

LEASE_MS = 700
SLOWEST_SECONDS = 0.2
LONGEST_LIFE_SECONDS = 0.3


class DeadlyMall(DemoMall):
    """The demo mall, as slow as a network, in the company of a killer."""

    def __init__(self, database: Database, moment: str) -> None:
        super().__init__(database)
        self._moment = moment
        self._armed = False

    async def carry_out(self, errand: Errand, *, key: str, customer_ref: str) -> Receipt:
        if self._moment == "random" and not self._armed:
            self._armed = True
            asyncio.get_running_loop().call_later(random.uniform(0, LONGEST_LIFE_SECONDS), _die)
        await asyncio.sleep(random.uniform(0, SLOWEST_SECONDS))
        receipt = await super().carry_out(errand, key=key, customer_ref=customer_ref)
        if self._moment == "answered":
            _die()
        await asyncio.sleep(random.uniform(0, SLOWEST_SECONDS))
        return receipt


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def _work(url: str, moment: str) -> None:
    database = Database(DatabaseSettings(url=url))
    nowhere = RedisLink(
        RedisSettings(url="redis://127.0.0.1:1"), identity="nobody"
    )  # never asked: not started
    store = ErrandStore(database, worker=str(os.getpid()), lease_ms=LEASE_MS)
    await Carrying(store, DeadlyMall(database, moment), Wakeups(nowhere, "nowhere")).run()


if __name__ == "__main__":
    asyncio.run(_work(*sys.argv[1:]))
