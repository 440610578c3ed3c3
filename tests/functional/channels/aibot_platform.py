"""The other end of the long connection, for tests: acknowledges, or not, and records every frame."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from tests.patience import PATIENCE

Frame = dict[str, Any]


@dataclass
class Platform:
    """``codes[cmd]`` are the errcodes of the next acknowledgements, 0 for ever after; None: no acknowledgement."""

    codes: dict[str, list[int | None]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    frames: list[Frame] = field(default_factory=list)
    open: list[web.WebSocketResponse] = field(default_factory=list)
    subscribed: int = 0
    url: str = ""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def of(self, cmd: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["cmd"] == cmd]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Returns when ``condition`` holds, which is looked at after everything that happens here."""
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(condition)

    async def push(self, body: Frame, *, cmd: str = "aibot_msg_callback", req_id: str = "r1") -> None:
        await self.open[-1].send_json({"cmd": cmd, "headers": {"req_id": req_id}, "body": body})

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.open.append(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._take(socket, json.loads(message.data))
        finally:
            self.open.remove(socket)
            async with self.changed:
                self.changed.notify_all()
        return socket

    async def _take(self, socket: web.WebSocketResponse, frame: Frame) -> None:
        cmd = frame["cmd"]
        waiting = self.codes.get(cmd)
        code = waiting.pop(0) if waiting else 0
        if code is not None and cmd not in self.silent:
            await socket.send_json({"headers": frame["headers"], "errcode": code, "errmsg": "said"})
        async with self.changed:
            self.frames.append(frame)
            self.subscribed += cmd == "aibot_subscribe" and code == 0
            self.changed.notify_all()


@asynccontextmanager
async def running() -> AsyncIterator[Platform]:
    platform = Platform()
    app = web.Application()
    app.router.add_get("/", platform.handle)
    server = TestServer(app)
    await server.start_server()
    platform.url = f"ws://127.0.0.1:{server.port}/"
    try:
        yield platform
    finally:
        for socket in list(platform.open):
            await socket.close()
        await server.close()
