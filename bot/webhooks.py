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
from bot.callbacks_seen import CallbacksSeen
from bot.reception import Reception
from channels.sealing import OpenedCallback
from conversations.address import Channel
from conversations.clock import Clock
from conversations.errors import CallbackRejected

log = structlog.get_logger()

_READ_SECONDS = 4.0


class Envelope(Protocol):
    """A channel's envelope: all of it pure. Raises CallbackRejected for whatever is not right."""

    def verify(self, query: Mapping[str, str]) -> str: ...

    def open(self, query: Mapping[str, str], body: bytes) -> OpenedCallback: ...

    def seal(self, clear_xml: str, nonce: str, at: datetime, *, as_json: bool = False) -> str: ...


Divert = Callable[[OpenedCallback], Awaitable[bool]]
"""Looks at a callback first; returns once its part of it is on disk. True: the callback needs nothing else."""


class Webhook:
    def __init__(
        self,
        *,
        name: Channel,
        envelope: Envelope,
        reception: Reception,
        max_body_bytes: int,
        clock: Clock,
        seen: CallbacksSeen,
        divert: Divert | None = None,
        acknowledgement: str = "success",
    ) -> None:
        """``divert`` looks at each callback first; ``acknowledgement`` is the body that says nothing."""
        self._name = name
        self._envelope = envelope
        self._reception = reception
        self._max_body_bytes = max_body_bytes
        self._clock = clock
        self._seen = seen
        self._divert = divert
        self._acknowledgement = acknowledgement

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
            if self._divert is not None and await self._divert(opened):
                return await self._diverted()
            heard = await self._reception.take(opened)
        except CallbackRejected as rejected:
            return self._reject(rejected)
        response = self._response(heard.text, request, as_json=opened.as_json)
        await response.prepare(request)
        await response.write_eof()
        await self._reception.written(heard)
        kind = "active" if heard.text is None else "passive"
        metrics.callbacks.labels(channel=self._name, result=kind).inc()
        metrics.callback_seconds.labels(answer=kind).observe(time.perf_counter() - began)
        return response

    async def _diverted(self) -> web.Response:
        await self._seen.received(self._name)
        metrics.callbacks.labels(channel=self._name, result="bell").inc()
        return web.Response(text=self._acknowledgement)

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
