"""Takes a verified callback in and says how it is answered, whatever line it came over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot import metrics
from bot.answers import Active, Answer, AnswerBoard, Passive
from bot.callbacks_seen import CallbacksSeen
from bot.inbox import Accepted, Arrival, Inbox, written_at
from bot.wakeups import Wakeups, Work
from channels.media.rows import media_rows
from channels.port import ChannelPort
from channels.sealing import OpenedCallback
from conversations.address import Channel
from conversations.clock import Clock
from conversations.inbound import Inbound
from storage.times import now_ms, to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """``text`` is the passive answer, in the clear form of its channel; None for an empty acknowledgement."""

    answer: Answer
    text: str | None


class Reception:
    def __init__(
        self,
        *,
        name: Channel,
        channel: ChannelPort,
        inbox: Inbox,
        board: AnswerBoard,
        wakeups: Wakeups,
        wait_seconds: float,
        clock: Clock,
        seen: CallbacksSeen,
        keeps_files: bool = False,
    ) -> None:
        """``wait_seconds``: how long an answer may be waited for. ``keeps_files``: the media keeper can fetch files."""
        self._name = name
        self._channel = channel
        self._inbox = inbox
        self._board = board
        self._wakeups = wakeups
        self._wait_ms = int(wait_seconds * 1000)
        self._clock = clock
        self._seen = seen
        self._keeps_files = keeps_files

    async def take(self, opened: OpenedCallback) -> Heard:
        """Returns once the callback is on disk and its answer is decided. Raises CallbackRejected, and database errors.

        The same callback again leads to the same answer.
        """
        inbound = self._channel.read(opened.fields, opened.key)
        await self._seen.received(self._name)
        metrics.inbound.labels(channel=self._name, kind=type(inbound.content).__name__).inc()
        with self._board.expect(opened.key) as heard:
            accepted = await self._inbox.accept(self._arrival(opened, inbound))
            if accepted.fresh:
                self._wakeups.notify(Work.TURNS)
            answer = await self._decided(accepted, heard)
        return Heard(answer=answer, text=await self._passive_text(answer))

    async def written(self, heard: Heard) -> None:
        """The passive answer has been written to the platform's connection."""
        if not isinstance(heard.answer, Passive) or heard.text is None:
            return
        await self._inbox.mark_spoken(heard.answer.inbox_id)
        if heard.answer.more_to_say:
            self._wakeups.notify(Work.SENDS)

    def _arrival(self, opened: OpenedCallback, inbound: Inbound) -> Arrival:
        received, now = now_ms(), self._clock.now()
        return Arrival(
            key=opened.key,
            address=inbound.address,
            body=opened.fields,
            trigger=inbound.trigger,
            triggered_ms=to_ms(now),
            received_ms=received,
            decide_by_ms=received + self._wait_ms,
            media=tuple(media_rows([inbound], received)) if self._keeps_files else (),
            written_ms=written_at(inbound.sent_at, now, received),
        )

    async def _decided(self, accepted: Accepted, heard: asyncio.Future[Answer]) -> Answer:
        if accepted.answer is not None:
            return accepted.answer
        if self._wait_ms == 0:
            return Active()
        seconds = (accepted.decide_by_ms - now_ms()) / 1000
        return await self._board.wait(heard, seconds) or await self._inbox.decide_active(accepted.inbox_id)

    async def _passive_text(self, answer: Answer) -> str | None:
        if not isinstance(answer, Passive):
            return None
        if now_ms() < answer.write_before_ms:
            return answer.body
        return await self._inbox.take_passive(answer.inbox_id)
