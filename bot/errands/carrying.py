"""Carrying errands out: claims what is due, asks the mall, writes down what it answered."""

from __future__ import annotations

import asyncio
import random
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.errands.judging import claimed_too_often, judge
from bot.errands.store import CALL_SECONDS, ErrandStore
from bot.errands.values import ClaimedErrand, ErrandState
from bot.retry import Jitter
from bot.rounds import Rounds
from bot.wakeups import Wakeups, Work
from conversations.errors import Permanent, Transient
from mall.port import Changes, Receipt

log = structlog.get_logger()

_CONCURRENCY = 16


class Carrying:
    def __init__(
        self, store: ErrandStore, mall: Changes, wakeups: Wakeups, *, jitter: Jitter = random.random
    ) -> None:
        self._store = store
        self._mall = mall
        self._wakeups = wakeups
        self._jitter = jitter

    async def run(self) -> None:
        """Runs until cancelled; then lets the errands under way finish."""
        await Rounds(
            Work.ERRANDS, self._wakeups, claim=self._claim, handle=self._carry_out, at_once=_CONCURRENCY
        ).run()

    async def _claim(self, room: int) -> tuple[list[ClaimedErrand], bool]:
        claimed = await self._store.claim(room)
        return claimed, len(claimed) == room

    async def _carry_out(self, claimed: ClaimedErrand) -> None:
        """An error that nobody foresaw leaves the errand to its lease: it is claimed again when that ends."""
        with structlog.contextvars.bound_contextvars(
            errand=claimed.key, conversation=claimed.conversation_id
        ):
            answer = claimed_too_often(claimed) or await self._ask(claimed)
            verdict = judge(claimed, answer, self._jitter)
            if verdict.error:
                log.warning(
                    "errand.failed", attempts=claimed.attempts, state=verdict.state, error=verdict.error
                )
            try:
                settled = await self._store.settle(claimed, verdict)
            except SQLAlchemyError as error:
                # The lease runs out, the mall is asked again with the same key and gives the same receipt.
                log.warning("errand.settle_failed", error=type(error).__name__)
                return
            later = verdict.state is ErrandState.PENDING
            result = ("failed" if later else verdict.state.value) if settled else "lost"
            metrics.errands.labels(result=result).inc()
            if settled and verdict.tells is not None:
                self._wakeups.notify(Work.SENDS)
            if not later:
                self._wakeups.notify(Work.ERRANDS)

    async def _ask(self, claimed: ClaimedErrand) -> Receipt | Transient | Permanent:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(CALL_SECONDS):
                return await self._mall.carry_out(
                    claimed.errand, key=claimed.key, customer_ref=claimed.customer_ref
                )
        except (Transient, Permanent) as error:
            return error
        except TimeoutError:
            return Transient("the mall did not answer in time")
        finally:
            metrics.errand_seconds.observe(time.perf_counter() - began)
