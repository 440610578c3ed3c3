"""The long connection (WeCom 101463): one for each bot, held by the process that has the lease."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from enum import Enum, auto

import aiohttp
import structlog
from sqlalchemy.exc import SQLAlchemyError

from channels import metrics
from channels.aibot import frames
from channels.aibot.frames import Frame
from channels.aibot.lease import ConnectionLease
from channels.aibot.settings import AibotSettings, secret_text
from channels.aibot.socket import AibotSocket, Timing
from channels.calls import Answered
from conversations.address import Channel

log = structlog.get_logger()

_CLOSING_SECONDS = 1.0
_MAX_FRAME_BYTES = 2_000_000


class Ended(Enum):
    """How one connection came to its end."""

    LOST = auto()
    REFUSED = auto()
    KICKED = auto()
    LEASE_LOST = auto()


class AibotConnection:
    """Connects while the lease is ours, again after every loss, and never twice at once.

    Stops for good, with an alarm, when the platform refuses BotID and Secret several times in a row.
    """

    def __init__(
        self,
        settings: AibotSettings,
        session: aiohttp.ClientSession,
        lease: ConnectionLease,
        *,
        timing: Timing | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._session = session
        self._lease = lease
        self._timing = timing or Timing()
        self._jitter = jitter
        self._socket: AibotSocket | None = None
        self._kicked = asyncio.Event()

    @property
    def socket(self) -> AibotSocket | None:
        """The subscribed connection; None while this process has none."""
        return self._socket

    async def run(self, receive: Callable[[AibotSocket, Frame], None]) -> None:
        """Until cancelled, or until the credential is refused for good. ``receive`` must not block."""
        losses = refusals = 0
        try:
            while refusals < self._timing.refusals:
                if not await self._ours():
                    await asyncio.sleep(self._timing.look)
                    continue
                began = time.monotonic()
                ended = await self._connected(receive)
                log.info("aibot.connection_ended", ended=ended.name)
                refusals = refusals + 1 if ended is Ended.REFUSED else 0
                lived = time.monotonic() - began > self._timing.longest_pause
                losses = 1 if lived else losses + 1
                await self._pause(ended, losses)
            _alarm("credential_refused")
        finally:
            with contextlib.suppress(SQLAlchemyError):
                await asyncio.shield(self._lease.release())

    async def _ours(self) -> bool:
        try:
            return await self._lease.acquire()
        except SQLAlchemyError:
            return False

    async def _pause(self, ended: Ended, losses: int) -> None:
        """After a kick the lease is given back first: whoever kicked us, we do not kick back at once."""
        if ended is Ended.KICKED:
            _alarm("kicked")
            with contextlib.suppress(SQLAlchemyError):
                await self._lease.release()
            await asyncio.sleep(self._timing.after_kick)
            return
        full = min(self._timing.longest_pause, self._timing.first_pause * 2 ** min(losses - 1, 16))
        await asyncio.sleep(full * (1 - self._jitter() / 2))

    async def _connected(self, receive: Callable[[AibotSocket, Frame], None]) -> Ended:
        try:
            ws = await self._session.ws_connect(
                self._settings.url,
                timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSING_SECONDS),
                max_msg_size=_MAX_FRAME_BYTES,
            )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("aibot.not_connected", error=type(error).__name__)
            return Ended.LOST
        self._kicked.clear()
        socket = AibotSocket(ws, self._timing)
        listening = asyncio.create_task(socket.listen(lambda frame: self._incoming(socket, frame, receive)))
        try:
            return await self._subscribed(socket, listening)
        finally:
            self._socket = None
            listening.cancel()
            await asyncio.wait({listening})
            await socket.close()

    async def _subscribed(self, socket: AibotSocket, listening: asyncio.Task[None]) -> Ended:
        credential = {"bot_id": self._settings.bot_id, "secret": secret_text(self._settings.secret)}
        result = await socket.request(frames.SUBSCRIBE, credential)
        if not isinstance(result, Answered) or result.code is None:
            return Ended.LOST
        if result.code != 0:
            log.error("aibot.refused", errcode=result.code, said=result.message)
            return Ended.REFUSED
        self._socket = socket
        log.info("aibot.connected")
        return await self._until_it_ends(socket, listening)

    async def _until_it_ends(self, socket: AibotSocket, listening: asyncio.Task[None]) -> Ended:
        beating = asyncio.create_task(socket.beat())
        keeping = asyncio.create_task(self._keep_lease())
        kicked = asyncio.create_task(self._kicked.wait())
        ours = {beating, keeping, kicked}
        try:
            await asyncio.wait({listening, *ours}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in ours:
                task.cancel()
            await asyncio.wait(ours)
        if self._kicked.is_set():
            return Ended.KICKED
        return Ended.LEASE_LOST if not keeping.cancelled() else Ended.LOST

    async def _keep_lease(self) -> None:
        """Renews the lease; ends when it is not ours any more, or may not be for all that we know."""
        good_until = time.monotonic() + self._timing.lease
        while time.monotonic() < good_until:
            await asyncio.sleep(self._timing.lease / 3)
            began = time.monotonic()
            try:
                if not await self._lease.renew():
                    return
                good_until = began + self._timing.lease
            except SQLAlchemyError as error:
                log.warning("aibot.lease_not_renewed", error=type(error).__name__)

    def _incoming(
        self, socket: AibotSocket, frame: Frame, receive: Callable[[AibotSocket, Frame], None]
    ) -> None:
        if frame.event == frames.DISCONNECTED:
            self._kicked.set()
            return
        receive(socket, frame)


def _alarm(what: str) -> None:
    metrics.alarms.labels(channel=Channel.AIBOT, outcome=what).inc()
    log.error("aibot.alarm", what=what)
