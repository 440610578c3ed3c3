"""Errands of customers, committed with real turns, and a few steps that every test of them takes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

from sqlalchemy import update

from bot.errands.carrying import Carrying
from bot.errands.store import ErrandStore
from bot.errands.values import ClaimedErrand
from bot.turns import Finished
from bot.wakeups import Wakeups, Work
from conversations.errands import Errand, ErrandKind
from mall.port import Changes, Receipt
from storage.database import Database
from storage.errands_schema import errands
from tests.contract.bot.engine import Engine, address, text
from tests.patience import PATIENCE

WANG = address("wang").conversation_id
DONE = Receipt(accepted=True, text="办好了", reference="TH1")


def cancel(number: int) -> Errand:
    return Errand(kind=ErrandKind.CANCEL, order_no=f"HY2026110{number:04d}", details={"reason": "不想要了"})


async def asks(engine: Engine, *wanted: Errand, peer: str = "wang", key: str | None = None) -> None:
    """A turn that ends with these errands."""
    await engine.arrives(peer, key=key, wait_ms=0)
    claimed = await engine.claim_one()
    await engine.turns.commit(
        Finished(claimed=claimed, speeches=(text("交上去了"),), errands=wanted, transcript="{}")
    )


async def lapse(database: Database) -> None:
    """As if whoever holds an errand had died a while ago, and every pause were over."""
    async with database.writing() as connection:
        await connection.execute(update(errands).values(lease_until_ms=0, due_ms=0))


async def claim_one(store: ErrandStore) -> ClaimedErrand:
    (claimed,) = await store.claim(10)
    return claimed


class Bell:
    """Wake-ups of one process."""

    def __init__(self) -> None:
        self.rung: list[Work] = []
        self._event = asyncio.Event()

    def notify(self, work: Work) -> None:
        self.rung.append(work)
        self._event.set()

    async def wait(self, work: Work, seconds: float) -> None:
        try:
            async with asyncio.timeout(0.02):
                await self._event.wait()
        except TimeoutError:
            return
        self._event.clear()


async def carry_out_all(store: ErrandStore, mall: Changes, engine: Engine, *, but: int = 0) -> Bell:
    """Runs the loop until all errands but so many have been tried."""
    bell = Bell()
    task = asyncio.create_task(Carrying(store, mall, cast(Wakeups, bell), jitter=lambda: 0.0).run())
    try:
        async with asyncio.timeout(PATIENCE):
            while len(await _untried(engine)) > but:  # noqa: ASYNC110 - the database is looked at
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        await asyncio.wait({task})
    return bell


async def _untried(engine: Engine) -> Sequence[object]:
    return [row for row in await engine.rows(errands) if row.state == "pending" and row.error is None]
