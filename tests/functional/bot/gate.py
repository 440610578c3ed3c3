"""A gate between the bot and the platform's API: while it is shut, connections are refused as if nobody listened."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

from tests.servers.ports import choose_free_port


class Gate:
    """Forwards bytes to ``target`` (``http://host:port``)."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._port = choose_free_port()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)

    async def shut(self) -> None:
        """Nobody listens any more, and what is connected is cut."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._open |= {writer, back}
        await asyncio.gather(_pour(reader, back), _pour(there, writer))
        self._open -= {writer, back}


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    sink.close()
