"""One open WebSocket to the platform: frames out with their acknowledgements, frames in, the heartbeat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp
import structlog

from channels.aibot import frames
from channels.aibot.frames import Frame
from channels.calls import Answered, Result
from channels.outcomes import NotSent, OutcomeUnknown

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds, but for counts. The platform asks for a ping every 30 s; the rest is what its own SDK does."""

    ack: float = 5.0
    ping: float = 30.0
    missed_pongs: int = 2
    first_pause: float = 1.0
    longest_pause: float = 30.0
    refusals: int = 5
    lease: float = 15.0
    look: float = 2.0
    after_kick: float = 60.0


class AibotSocket:
    def __init__(self, ws: aiohttp.ClientWebSocketResponse, timing: Timing) -> None:
        self._ws = ws
        self._timing = timing
        self._acks: dict[str, asyncio.Future[Frame]] = {}

    async def request(
        self, cmd: str, body: Mapping[str, object] | None, *, req_id: str | None = None
    ) -> Result:
        """Writes a frame and waits for its acknowledgement. ``req_id`` names the callback that it answers.

        OutcomeUnknown: it was, or may have been, written and was not acknowledged in time. Writing it again could
        say it twice, so nothing here does.
        """
        name = req_id or frames.new_req_id(cmd)
        if self._ws.closed or name in self._acks:
            return NotSent(reason="the connection is closed" if self._ws.closed else "answered already")
        acknowledged: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._acks[name] = acknowledged
        try:
            async with asyncio.timeout(self._timing.ack):
                await self._ws.send_str(frames.written(cmd, name, body))
                frame = await acknowledged
        except TimeoutError:
            return OutcomeUnknown(reason=f"{cmd} not acknowledged in time")
        except (ConnectionError, aiohttp.ClientError) as error:
            return OutcomeUnknown(reason=f"connection lost: {type(error).__name__}")
        finally:
            self._acks.pop(name, None)
        return Answered(code=frame.errcode, message=frame.errmsg, body=frame.body)

    async def listen(self, receive: Callable[[Frame], None]) -> None:
        """Hands callbacks to ``receive`` and acknowledgements to who waits for them, until the connection ends."""
        try:
            async for message in self._ws:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                frame = frames.parse(message.data)
                if frame is None:
                    log.warning("aibot.unreadable_frame", length=len(message.data))
                elif frame.cmd:
                    receive(frame)
                else:
                    self._acknowledge(frame)
        finally:
            for waiting in self._acks.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError("closed"))

    async def beat(self) -> None:
        """Pings until too many in a row stay without an answer; then ends."""
        missed = 0
        while missed < self._timing.missed_pongs:
            await asyncio.sleep(self._timing.ping)
            pong = await self.request(frames.PING, None)
            missed = 0 if isinstance(pong, Answered) else missed + 1
        log.warning("aibot.no_pong", missed=missed)

    async def close(self) -> None:
        await self._ws.close()

    def _acknowledge(self, frame: Frame) -> None:
        waiting = self._acks.get(frame.req_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)
