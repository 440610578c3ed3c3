"""The worker: claims messages, thinks, commits. Many conversations at once; one message of each at a time."""

from __future__ import annotations

import asyncio
import random
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.answers import AnswerBoard
from bot.retry import MAX_TURN_ATTEMPTS, Jitter, backoff_seconds
from bot.rounds import Rounds
from bot.turn import Thinker
from bot.turn_store import TURN_LEASE_MS, TurnStore
from bot.turns import Claimed, Finished
from bot.wakeups import Wakeups, Work
from conversations.errors import Transient

log = structlog.get_logger()

_CONCURRENCY = 64
_THINK_SECONDS = TURN_LEASE_MS / 1000 - 1.5
"""Thinking ends while there is time left to commit."""


class Worker:
    def __init__(
        self,
        store: TurnStore,
        thinker: Thinker,
        board: AnswerBoard,
        wakeups: Wakeups,
        *,
        jitter: Jitter = random.random,
    ) -> None:
        self._store = store
        self._thinker = thinker
        self._board = board
        self._wakeups = wakeups
        self._jitter = jitter

    async def run(self) -> None:
        """Runs until cancelled; then lets the turns under way finish."""
        await Rounds(
            Work.TURNS, self._wakeups, claim=self._claim, handle=self._turn, at_once=_CONCURRENCY
        ).run()

    async def _claim(self, room: int) -> tuple[list[Claimed], bool]:
        claimed = await self._store.claim(room)
        return claimed, len(claimed) == room

    async def _turn(self, claimed: Claimed) -> None:
        with structlog.contextvars.bound_contextvars(
            message=claimed.key, conversation=claimed.conversation_id
        ):
            began = time.perf_counter()
            try:
                if claimed.attempts > MAX_TURN_ATTEMPTS:
                    # It was claimed again and again and never finished: its worker died each time.
                    finished = self._thinker.give_up(claimed, claimed_too_often(claimed))
                else:
                    async with asyncio.timeout(_THINK_SECONDS):
                        finished = await self._thinker.think(claimed)
                metrics.turn_seconds.observe(time.perf_counter() - began)
                await self._commit(finished)
            except Exception as error:  # noqa: BLE001 - the worker loop is one of the two places for it
                await self._failed(claimed, error)
        # The next message of this conversation may be waiting already.
        if claimed.behind:
            self._wakeups.notify(Work.TURNS)

    async def _commit(self, finished: Finished) -> None:
        committed = await self._store.commit(finished)
        if committed is None:
            # Somebody else holds the conversation now, or its owner changed while we thought: the message is
            # still waiting and will be thought about again.
            metrics.turns.labels(result="lost").inc()
            await self._store.put_back(finished.claimed, error="overtaken", delay_ms=0)
            self._wakeups.notify(Work.TURNS)
            return
        metrics.turns.labels(result="dead" if finished.dead else "done").inc()
        if not self._board.post(finished.claimed.key, committed.answer):
            self._wakeups.notify(Work.ANSWERS)
        if committed.to_deliver:
            self._wakeups.notify(Work.SENDS)
        if finished.service is not None:
            self._wakeups.notify(Work.QUEUE)
        self._wakeups.notify(Work.DESK)
        if finished.errands:
            self._wakeups.notify(Work.ERRANDS)

    async def _failed(self, claimed: Claimed, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"[:300]
        retry_after = error.retry_after if isinstance(error, Transient) else None
        log.warning("turn.failed", attempts=claimed.attempts, error=type(error).__name__)
        metrics.turns.labels(result="failed").inc()
        try:
            if claimed.attempts >= MAX_TURN_ATTEMPTS:
                await self._commit(self._thinker.give_up(claimed, reason))
                return
            delay = backoff_seconds(claimed.attempts, self._jitter, retry_after=retry_after)
            await self._store.put_back(claimed, error=reason, delay_ms=int(delay * 1000))
        except SQLAlchemyError as trouble:
            # The lease runs out by itself, and the message is claimed again.
            log.warning("turn.put_back_failed", error=type(trouble).__name__)


def claimed_too_often(claimed: Claimed) -> str:
    return f"claimed {claimed.attempts} times without an end"
