"""The connection to Redis, embedded or not, and the word on whether it is there."""

from __future__ import annotations

import asyncio
import contextlib

import redis.asyncio as redis
from redis.exceptions import RedisError

from storage.embedded_redis import EmbeddedRedis
from storage.ending import end
from storage.settings import RedisSettings

_CHECK_SECONDS = 1.0
_TIMEOUT_SECONDS = 2.0


class RedisLink:
    """``client`` for everybody. Whoever uses it must live with RedisError: Redis may be away at any moment."""

    def __init__(self, settings: RedisSettings, *, identity: str) -> None:
        self._embedded = EmbeddedRedis(identity) if settings.url == "embedded" else None
        url = self._embedded.url if self._embedded else settings.url
        self.client: redis.Redis = redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            max_connections=32,
        )
        # A subscriber waits for hours: its reads have no time-out, and never borrow from the pool above.
        self.subscriber: redis.Redis = redis.from_url(url, decode_responses=True)
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Starts the embedded server and keeps it running. Raises OSError when it cannot be started."""
        if self._embedded is None:
            return
        # In this thread on purpose: the server is tied to the life of the thread that starts it.
        self._embedded.ensure()
        self._keeper = asyncio.create_task(self._keep(self._embedded))

    async def alive(self) -> bool:
        try:
            return bool(await self.client.ping())
        except (RedisError, OSError):
            return False

    async def close(self) -> None:
        if self._keeper is not None:
            await end([self._keeper])
        await self.client.aclose()
        await self.subscriber.aclose()
        if self._embedded is not None:
            self._embedded.stop()

    async def _keep(self, embedded: EmbeddedRedis) -> None:
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            if not await self.alive():
                with contextlib.suppress(OSError):
                    embedded.ensure()
