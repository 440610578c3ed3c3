"""Delivery: sends what the outbox holds, one message at a time per conversation, many conversations at once."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.delivery_store import DeliveryStore
from bot.dispatch import Dispatch
from bot.judging import judge
from bot.retry import Jitter
from bot.rounds import Rounds
from bot.wakeups import Wakeups, Work
from channels.outcomes import NotSent, SendOutcome
from channels.port import ChannelPort
from conversations.address import Channel

log = structlog.get_logger()

_CONCURRENCY = 64
_LONG_PAUSE_SECONDS = 30.0


class Delivery:
    def __init__(
        self,
        store: DeliveryStore,
        channels: Mapping[Channel, ChannelPort],
        wakeups: Wakeups,
        *,
        jitter: Jitter = random.random,
    ) -> None:
        self._store = store
        self._channels = channels
        self._wakeups = wakeups
        self._jitter = jitter
        self._paused_until: dict[Channel, float] = {}

    async def run(self) -> None:
        """Runs until cancelled; then lets the sends under way finish."""
        await Rounds(
            Work.SENDS, self._wakeups, claim=self._claim, handle=self._send, at_once=_CONCURRENCY
        ).run()

    async def _claim(self, room: int) -> tuple[list[Dispatch], bool]:
        dispatches, busy = await self._store.claim(room, elsewhere=self._elsewhere())
        return dispatches, busy and bool(dispatches)

    async def _send(self, dispatch: Dispatch) -> None:
        channel = self._channels[dispatch.address.channel]
        began = time.perf_counter()
        outcome = await channel.send(dispatch.reply, dispatch.address, key=dispatch.key)
        metrics.send_seconds.observe(time.perf_counter() - began)
        record = judge(dispatch, outcome, self._jitter)
        metrics.sends.labels(outcome=record.outcome).inc()
        if record.outcome != "sent":
            log.warning(
                "delivery.not_sent",
                outbox=dispatch.outbox_ids,
                conversation=dispatch.address.conversation_id,
                outcome=record.outcome,
                state=record.state,
                detail=record.detail,
            )
        self._mind_long_pauses(dispatch.address.channel, outcome)
        try:
            await self._store.record(record)
        except SQLAlchemyError as error:
            # The lease runs out and the row is found as cut off: recorded as unknown, and sent again.
            log.warning("delivery.record_failed", error=type(error).__name__)
        self._wakeups.notify(Work.SENDS)
        if record.after is not None:
            self._wakeups.notify(Work.CODES)

    def _elsewhere(self) -> list[Channel]:
        """The channels that this process sends nothing on now: switched off, held elsewhere, or resting."""
        return [name for name in Channel if not self._sends_on(name)]

    def _sends_on(self, name: Channel) -> bool:
        channel = self._channels.get(name)
        rested = time.monotonic() >= self._paused_until.get(name, 0.0)
        return channel is not None and channel.sends_here and rested

    def _mind_long_pauses(self, channel: Channel, outcome: SendOutcome) -> None:
        """A platform that blocks the whole API for long is left alone for that time; the others are not."""
        if isinstance(outcome, NotSent) and (outcome.retry_after or 0) >= _LONG_PAUSE_SECONDS:
            self._paused_until[channel] = time.monotonic() + _LONG_PAUSE_SECONDS
