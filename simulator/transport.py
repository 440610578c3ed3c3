"""One HTTP request to the bot, with what can go wrong on the way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

from simulator.envelope import Outgoing

USER_AGENT = "Mozilla/4.0"
_MAX_REPLY = 1 << 20
_SLOW_PIECES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The bot answered in time."""

    status: int
    body: bytes
    latency_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """No complete answer within the platform's patience; the connection was dropped."""

    latency_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """No connection, or it broke."""

    reason: str
    latency_ms: float


Outcome = Answered | TimedOut | Unreachable


class Wire:
    """Posts callbacks over one pool of connections."""

    def __init__(self) -> None:
        trace = aiohttp.TraceConfig()
        trace.on_request_chunk_sent.append(_on_chunk_sent)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            trace_configs=[trace],
            headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Pragma": "no-cache"},
            auto_decompress=False,
        )

    async def close(self) -> None:
        """Drop every connection."""
        await self._session.close()

    async def get(self, url: str, query: dict[str, str], *, patience: float) -> Outcome:
        """One GET; never raises for what the other side does."""
        return await self._run(
            lambda: self._session.get(url, params=query, allow_redirects=False), patience=patience
        )

    async def post(
        self,
        url: str,
        out: Outgoing,
        *,
        patience: float,
        sent: Callable[[], None],
        slow_seconds: float = 0.0,
    ) -> Outcome:
        """One POST; ``sent`` is called when the body is on the wire. Never raises for what the other side does."""
        headers = {"Content-Type": out.content_type, "Content-Length": str(len(out.body))}
        data: bytes | AsyncIterator[bytes] = out.body
        if slow_seconds > 0:
            data = _drip(out.body, slow_seconds)
        return await self._run(
            lambda: self._session.post(
                url,
                params=out.query,
                data=data,
                headers=headers,
                allow_redirects=False,
                trace_request_ctx=sent,
            ),
            patience=patience,
        )

    async def _run(
        self, request: Callable[[], aiohttp.client._RequestContextManager], *, patience: float
    ) -> Outcome:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(patience), request() as response:
                body = await _read(response)
                return Answered(status=response.status, body=body, latency_ms=_since(started))
        except TimeoutError:
            return TimedOut(latency_ms=_since(started))
        except (aiohttp.ClientError, OSError) as error:
            return Unreachable(reason=type(error).__name__, latency_ms=_since(started))


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > _MAX_REPLY:
            break
    return bytes(body)


async def _on_chunk_sent(
    _session: aiohttp.ClientSession,
    context: SimpleNamespace,
    _params: aiohttp.TraceRequestChunkSentParams,
) -> None:
    sent = getattr(context, "trace_request_ctx", None)
    if sent is not None:
        sent()


async def _drip(body: bytes, seconds: float) -> AsyncIterator[bytes]:
    size = max(1, -(-len(body) // _SLOW_PIECES))
    for start in range(0, len(body), size):
        yield body[start : start + size]
        await asyncio.sleep(seconds / _SLOW_PIECES)


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
