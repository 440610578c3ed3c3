"""Wake-ups: "there is work of this kind". They make it fast; the poll in every loop makes it certain."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from enum import StrEnum

from redis.exceptions import RedisError

from storage.ending import end
from storage.redis_link import RedisLink

_RECONNECT_SECONDS = 0.5


class Work(StrEnum):
    TURNS = "turns"
    SENDS = "sends"
    ANSWERS = "answers"
    CODES = "codes"
    PULLS = "pulls"
    ERRANDS = "errands"
    QUEUE = "queue"
    DESK = "desk"


class Wakeups:
    """Heard in this process at once, and over Redis by every other process of this bot while Redis is there."""

    def __init__(self, link: RedisLink, channel: str) -> None:
        self._link = link
        self._channel = channel
        self._name = secrets.token_hex(4)
        self._events = {work: asyncio.Event() for work in Work}
        self._unpublished: set[Work] = set()
        self._publish_wanted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._publish()), asyncio.create_task(self._listen())]

    async def close(self) -> None:
        await end(self._tasks)

    def notify(self, work: Work) -> None:
        """Never blocks, never fails."""
        self._events[work].set()
        self._unpublished.add(work)
        self._publish_wanted.set()

    async def wait(self, work: Work, seconds: float) -> None:
        """Returns at the next wake-up of this kind, or after ``seconds``."""
        event = self._events[work]
        # Not wait_for: in Python 3.11 a cancellation that comes together with the wake-up is lost in it.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
        event.clear()

    async def _publish(self) -> None:
        while True:
            await self._publish_wanted.wait()
            self._publish_wanted.clear()
            works, self._unpublished = self._unpublished, set()
            for work in works:
                with contextlib.suppress(RedisError, OSError):
                    await self._link.client.publish(self._channel, f"{self._name}:{work}")

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(RedisError, OSError):
                async with self._link.subscriber.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(self._channel)
                    async for message in pubsub.listen():
                        self._hear(message["data"])
            await asyncio.sleep(_RECONNECT_SECONDS)

    def _hear(self, heard: str) -> None:
        """Ours were heard when they were said; a kind that this version does not know is for others."""
        name, _, work = heard.partition(":")
        if name != self._name and work in self._events:
            self._events[Work(work)].set()
