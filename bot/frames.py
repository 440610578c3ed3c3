"""Callbacks that come over a connection of ours: stored like all others, answered over it when that is in time."""

from __future__ import annotations

import asyncio

from bot import metrics
from bot.answers import Active, Answer, AnswerBoard, Passive
from bot.inbox import Accepted, Arrival, Inbox
from bot.settings import InboxSettings
from bot.wakeups import Wakeups, Work
from channels.aibot.line import PassiveAnswer
from channels.port import ChannelPort
from channels.sealing import OpenedCallback
from conversations.clock import Clock
from storage.times import now_ms, to_ms


class FrameInbox:
    """What ``AibotLine.run`` hands its callbacks to."""

    def __init__(
        self,
        *,
        channel: ChannelPort,
        inbox: Inbox,
        board: AnswerBoard,
        wakeups: Wakeups,
        settings: InboxSettings,
        clock: Clock,
    ) -> None:
        self._channel = channel
        self._inbox = inbox
        self._board = board
        self._wakeups = wakeups
        self._wait_ms = int(settings.passive_wait_seconds * 1000)
        self._clock = clock

    async def receive(self, opened: OpenedCallback) -> PassiveAnswer | None:
        """Returns once the callback is on disk and decided. None: nothing to say now, or the delivery says it.

        Raises SQLAlchemyError when the database is away; may then be called again with the same callback.
        """
        with self._board.expect(opened.key) as heard:
            accepted = await self._inbox.accept(self._arrival(opened))
            if accepted.fresh:
                self._wakeups.notify(Work.TURNS)
            answer = await self._decided(accepted, heard)
        if not isinstance(answer, Passive):
            return None
        body = (
            answer.body
            if now_ms() < answer.write_before_ms
            else await self._inbox.take_passive(answer.inbox_id)
        )
        return None if body is None else self._passive(answer, body)

    def _arrival(self, opened: OpenedCallback) -> Arrival:
        inbound = self._channel.read(opened.fields, opened.key)
        metrics.inbound.labels(channel=inbound.address.channel, kind=type(inbound.content).__name__).inc()
        received = now_ms()
        return Arrival(
            key=opened.key,
            address=inbound.address,
            body=opened.fields,
            trigger=inbound.trigger,
            triggered_ms=to_ms(self._clock.now()),
            received_ms=received,
            decide_by_ms=received + self._wait_ms,
        )

    async def _decided(self, accepted: Accepted, heard: asyncio.Future[Answer]) -> Answer:
        if accepted.answer is not None:
            return accepted.answer
        if self._wait_ms == 0:
            return Active()
        seconds = (accepted.decide_by_ms - now_ms()) / 1000
        return await self._board.wait(heard, seconds) or await self._inbox.decide_active(accepted.inbox_id)

    def _passive(self, answer: Passive, body: str) -> PassiveAnswer:
        async def written() -> None:
            await self._inbox.mark_spoken(answer.inbox_id)
            if answer.more_to_say:
                self._wakeups.notify(Work.SENDS)

        return PassiveAnswer(body=body, written=written)
