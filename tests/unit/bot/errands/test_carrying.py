"""The loop around the mall: whatever it does, an answer comes to the store, or the lease is left to end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

import pytest
from sqlalchemy.exc import OperationalError

from bot.errands.carrying import Carrying
from bot.errands.store import ErrandStore
from bot.errands.values import ClaimedErrand, ErrandState, Verdict
from bot.retry import MAX_ERRAND_ATTEMPTS
from bot.wakeups import Wakeups, Work
from conversations.address import ConversationId
from conversations.errands import Errand, ErrandKind
from conversations.errors import Permanent, Transient
from mall.port import Receipt

WANG = ConversationId("official:gh_shop:wang")
FINE = Receipt(accepted=True, text="办好了")


@dataclass
class Store:
    """Has one errand; ``verdicts`` is what became of it. ``away``: the database is, when it is to be written down."""

    attempts: int = 1
    away: bool = False
    settled: bool = True
    verdicts: list[Verdict] = field(default_factory=list)
    given: bool = False

    async def claim(self, limit: int) -> list[ClaimedErrand]:
        if self.given:
            return []
        self.given = True
        claimed = ClaimedErrand(
            row_id=1,
            key="k:errand:0",
            conversation_id=WANG,
            customer_ref=WANG,
            errand=Errand(kind=ErrandKind.CANCEL, order_no="HY20261101001"),
            attempts=self.attempts,
            replays=0,
            lease="t",
        )
        return [claimed]

    async def settle(self, claimed: ClaimedErrand, verdict: Verdict) -> bool:
        self.verdicts.append(verdict)
        if self.away:
            raise OperationalError("commit", None, OSError("away"))
        return self.settled


@dataclass
class Mall:
    answer: Receipt | Exception
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def carry_out(self, errand: Errand, *, key: str, customer_ref: str) -> Receipt:
        self.asked.append((key, customer_ref))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class Bell:
    """Wake-ups: ``quiet`` once the loop has nothing more to do."""

    rung: list[Work] = field(default_factory=list)
    quiet: asyncio.Event = field(default_factory=asyncio.Event)
    waits: int = 0

    def notify(self, work: Work) -> None:
        self.rung.append(work)

    async def wait(self, work: Work, seconds: float) -> None:
        assert work is Work.ERRANDS
        self.waits += 1
        for _ in range(5):  # what was claimed runs in a task of its own
            await asyncio.sleep(0)
        if self.waits > 1:
            self.quiet.set()
            await asyncio.Event().wait()


async def carried_out(store: Store, mall: Mall) -> list[Work]:
    """The wake-ups after one errand."""
    bell = Bell()
    carrying = Carrying(cast(ErrandStore, store), mall, cast(Wakeups, bell), jitter=lambda: 0.0)
    task = asyncio.create_task(carrying.run())
    await asyncio.wait_for(bell.quiet.wait(), 5)
    task.cancel()
    await asyncio.wait({task})
    return bell.rung


async def test_the_mall_is_asked_with_the_errands_key_and_the_next_one_is_woken() -> None:
    store, mall = Store(), Mall(FINE)
    assert await carried_out(store, mall) == [Work.SENDS, Work.ERRANDS]
    assert mall.asked == [("k:errand:0", WANG)]
    assert [verdict.state for verdict in store.verdicts] == [ErrandState.DONE]


@pytest.mark.parametrize(
    ("answer", "state", "woken"),
    [
        (Transient("away"), ErrandState.PENDING, []),
        (TimeoutError(), ErrandState.PENDING, []),
        (Permanent("none"), ErrandState.DEAD, [Work.SENDS, Work.ERRANDS]),
    ],
)
async def test_no_answer_is_a_verdict_too(answer: Exception, state: ErrandState, woken: list[Work]) -> None:
    store = Store()
    assert await carried_out(store, Mall(answer)) == woken
    assert [verdict.state for verdict in store.verdicts] == [state]


async def test_what_was_claimed_too_often_is_not_asked_for() -> None:
    store, mall = Store(attempts=MAX_ERRAND_ATTEMPTS + 1), Mall(FINE)
    await carried_out(store, mall)
    assert mall.asked == []
    assert [verdict.state for verdict in store.verdicts] == [ErrandState.DEAD]


async def test_a_defect_is_left_to_the_lease() -> None:
    store = Store()
    assert await carried_out(store, Mall(KeyError("defect"))) == []
    assert store.verdicts == []


@pytest.mark.parametrize("store", [Store(away=True), Store(settled=False)], ids=["away", "overtaken"])
async def test_what_was_not_written_down_is_not_told(store: Store) -> None:
    assert Work.SENDS not in await carried_out(store, Mall(FINE))
    assert len(store.verdicts) == 1
