"""The callback endpoint of a channel: read, verify and decrypt, store, answer. Nothing here can be slow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

import structlog
from aiohttp import web

from bot import metrics
from bot.answers import Active, Answer, AnswerBoard, Passive
from bot.callbacks_seen import CallbacksSeen
from bot.inbox import Accepted, Arrival, Inbox
from bot.settings import InboxSettings
from bot.wakeups import Wakeups, Work
from channels.official.envelope import OpenedCallback
from channels.port import ChannelPort
from conversations.address import Channel
from conversations.clock import Clock
from conversations.errors import CallbackRejected
from conversations.inbound import Inbound
from storage.times import now_ms, to_ms

log = structlog.get_logger()

_READ_SECONDS = 4.0


class Envelope(Protocol):
    """A channel's envelope: all of it pure. Raises CallbackRejected for whatever is not right."""

    def verify(self, query: Mapping[str, str]) -> str: ...

    def open(self, query: Mapping[str, str], body: bytes) -> OpenedCallback: ...

    def seal(self, clear_xml: str, nonce: str, at: datetime, *, as_json: bool = False) -> str: ...


Divert = Callable[[Mapping[str, object]], Awaitable[bool]]
"""Takes a callback's fields when they are its business; returns once that is on disk. False: an ordinary callback."""


class Webhook:
    def __init__(
        self,
        *,
        name: Channel,
        envelope: Envelope,
        channel: ChannelPort,
        inbox: Inbox,
        board: AnswerBoard,
        wakeups: Wakeups,
        settings: InboxSettings,
        max_body_bytes: int,
        clock: Clock,
        seen: CallbacksSeen,
        divert: Divert | None = None,
        acknowledgement: str = "success",
    ) -> None:
        """``divert`` takes callbacks that are no messages; ``acknowledgement`` is the body that says nothing."""
        self._seen = seen
        self._divert = divert
        self._acknowledgement = acknowledgement
        self._name = name
        self._envelope = envelope
        self._channel = channel
        self._inbox = inbox
        self._board = board
        self._wakeups = wakeups
        self._wait_ms = int(settings.passive_wait_seconds * 1000)
        self._max_body_bytes = max_body_bytes
        self._clock = clock

    async def verify(self, request: web.Request) -> web.Response:
        """GET: the platform asks whether this address is ours."""
        try:
            echo = self._envelope.verify(dict(request.query))
        except CallbackRejected as rejected:
            return self._reject(rejected)
        await self._seen.verified(self._name)
        return web.Response(text=echo)

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """POST: a message or an event. Answered once it is on disk, with the passive reply if it is ready in time."""
        began = time.perf_counter()
        try:
            body = await _read(request, self._max_body_bytes)
            opened = self._envelope.open(dict(request.query), body)
            if self._divert is not None and await self._divert(opened.fields):
                return await self._diverted()
            inbound = self._channel.read(opened.fields, opened.key)
        except CallbackRejected as rejected:
            return self._reject(rejected)
        await self._seen.received(self._name)
        metrics.inbound.labels(channel=self._name, kind=type(inbound.content).__name__).inc()
        with self._board.expect(opened.key) as heard:
            accepted = await self._inbox.accept(self._arrival(opened, inbound))
            if accepted.fresh:
                self._wakeups.notify(Work.TURNS)
            answer = await self._decided(accepted, heard)
        text = await self._passive_text(answer)
        response = self._response(text, request, as_json=opened.as_json)
        await response.prepare(request)
        await response.write_eof()
        if isinstance(answer, Passive) and text is not None:
            await self._inbox.mark_spoken(answer.inbox_id)
            if answer.more_to_say:
                self._wakeups.notify(Work.SENDS)
        kind = "active" if text is None else "passive"
        metrics.callbacks.labels(channel=self._name, result=kind).inc()
        metrics.callback_seconds.labels(answer=kind).observe(time.perf_counter() - began)
        return response

    async def _diverted(self) -> web.Response:
        await self._seen.received(self._name)
        metrics.callbacks.labels(channel=self._name, result="bell").inc()
        return web.Response(text=self._acknowledgement)

    def _arrival(self, opened: OpenedCallback, inbound: Inbound) -> Arrival:
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

    async def _passive_text(self, answer: Answer) -> str | None:
        """The clear XML to answer with; None for an empty acknowledgement."""
        if not isinstance(answer, Passive):
            return None
        if now_ms() < answer.write_before_ms:
            return answer.body
        return await self._inbox.take_passive(answer.inbox_id)

    def _response(self, text: str | None, request: web.Request, *, as_json: bool) -> web.Response:
        if text is None:
            return web.Response(text=self._acknowledgement)
        nonce = request.query.get("nonce", "")
        sealed = self._envelope.seal(text, nonce, self._clock.now(), as_json=as_json)
        return web.Response(text=sealed, content_type="application/json" if as_json else "application/xml")

    def _reject(self, rejected: CallbackRejected) -> web.Response:
        metrics.callbacks.labels(channel=self._name, result=rejected.reason).inc()
        log.warning("callback.rejected", channel=self._name, reason=rejected.reason)
        return web.Response(status=rejected.status, text="rejected")


async def _read(request: web.Request, limit: int) -> bytes:
    """The body; raises CallbackRejected for one of more than ``limit`` bytes, or too slow.

    A body that says how long it is is refused unread; the application's ``client_max_size`` stops the others.
    """
    if request.content_length is not None and request.content_length > limit:
        raise CallbackRejected("too_large", status=413)
    try:
        async with asyncio.timeout(_READ_SECONDS):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise CallbackRejected("too_large", status=413) from None
    except web.RequestPayloadError:
        raise CallbackRejected("broken_body", status=400) from None
    except TimeoutError:
        raise CallbackRejected("too_slow", status=408) from None
