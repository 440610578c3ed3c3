"""Keep-alive HTTP connections that cost the generator next to nothing: prepared bytes out, status and body in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import cast


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes


class _Connection(asyncio.Protocol):
    """One request at a time. Understands what aiohttp's server sends: a head, and a body of stated length."""

    def __init__(self) -> None:
        self.usable = False
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answer: asyncio.Future[Response] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by inheritance
        self.usable = True

    def connection_lost(self, exc: Exception | None) -> None:
        self.usable = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("closed without an answer"))

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_ends = self._received.find(b"\r\n\r\n")
        if head_ends < 0 or self._answer is None or self._answer.done():
            return
        head = bytes(self._received[:head_ends]).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        whole = head_ends + 4 + length
        if len(self._received) < whole:
            return
        body = bytes(self._received[head_ends + 4 : whole])
        del self._received[:whole]
        self.usable = self.usable and b"connection: close" not in head
        self._answer.set_result(Response(int(head[9:12]), body))

    async def exchange(self, request: bytes) -> Response:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Connections:
    """As many connections as requests are under way; each is used again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[_Connection] = []

    async def __aenter__(self) -> Connections:
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._idle:
            connection.close()
        self._idle.clear()

    async def exchange(self, request: bytes) -> Response:
        """Raises OSError when the connection cannot be made or breaks."""
        connection = self._take() or await self._open()
        response = await connection.exchange(request)
        if connection.usable:
            self._idle.append(connection)
        else:
            connection.close()
        return response

    def _take(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
        return None

    async def _open(self) -> _Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, "127.0.0.1", self._port)
        return connection
