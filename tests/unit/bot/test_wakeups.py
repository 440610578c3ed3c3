"""Wake-ups: heard at once in this process, told to others, and never in anybody's way when Redis is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from redis.exceptions import ConnectionError as RedisAway

from bot.wakeups import Wakeups, Work
from storage.redis_link import RedisLink

LONG = 60.0


class FakeRedis:
    """Everybody's Redis: what is published is heard by all subscribers. It can be away."""

    def __init__(self) -> None:
        self.away = False
        self.published: list[tuple[str, str]] = []
        self._heard: list[asyncio.Queue[dict[str, Any] | None]] = []

    async def publish(self, channel: str, message: str) -> None:
        if self.away:
            raise RedisAway("away")
        self.published.append((channel, message))
        self.hear(message)

    def hear(self, data: str) -> None:
        for queue in self._heard:
            queue.put_nowait({"data": data})

    def break_down(self) -> None:
        """Cuts every subscription."""
        for queue in self._heard:
            queue.put_nowait(None)

    @asynccontextmanager
    async def pubsub(self, **_: object) -> AsyncIterator[FakeSubscription]:
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        try:
            yield FakeSubscription(queue, self._heard)
        finally:
            self._heard.remove(queue)

    @property
    def subscriptions(self) -> int:
        return len(self._heard)


class FakeSubscription:
    def __init__(
        self,
        queue: asyncio.Queue[dict[str, Any] | None],
        everybody: list[asyncio.Queue[dict[str, Any] | None]],
    ) -> None:
        self._queue = queue
        self._everybody = everybody

    async def subscribe(self, _channel: str) -> None:
        self._everybody.append(self._queue)

    async def listen(self) -> AsyncIterator[dict[str, Any]]:
        while (message := await self._queue.get()) is not None:
            yield message
        raise RedisAway("cut")


class FakeLink:
    """The two connections of a ``RedisLink``."""

    def __init__(self, redis: FakeRedis) -> None:
        self.client = redis
        self.subscriber = redis


@pytest.fixture
def redis() -> FakeRedis:
    return FakeRedis()


@asynccontextmanager
async def started(redis: FakeRedis) -> AsyncIterator[Wakeups]:
    wakeups = Wakeups(cast(RedisLink, FakeLink(redis)), "xiaoer:{a}:wakeups")
    before = redis.subscriptions
    await wakeups.start()
    try:
        await until(lambda: redis.subscriptions > before)
        yield wakeups
    finally:
        await wakeups.close()


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - another task changes what it looks at
            await asyncio.sleep(0.005)


async def woken(wakeups: Wakeups, work: Work) -> None:
    """Ends by a wake-up; fails when only the time would end it."""
    async with asyncio.timeout(5):
        await wakeups.wait(work, LONG)


async def test_a_wake_up_given_before_the_wait_is_not_lost(redis: FakeRedis) -> None:
    redis.away = True
    wakeups = Wakeups(cast(RedisLink, FakeLink(redis)), "w")
    wakeups.notify(Work.TURNS)
    await woken(wakeups, Work.TURNS)


async def test_a_wait_without_a_wake_up_ends_by_its_time(redis: FakeRedis) -> None:
    wakeups = Wakeups(cast(RedisLink, FakeLink(redis)), "w")
    wakeups.notify(Work.SENDS)
    await wakeups.wait(Work.TURNS, 0.01)
    await woken(wakeups, Work.SENDS)  # was kept for its own kind


async def test_other_processes_hear_it(redis: FakeRedis) -> None:
    async with started(redis) as here, started(redis) as there:
        here.notify(Work.SENDS)
        await woken(there, Work.SENDS)
    ((channel, told),) = redis.published
    assert channel == "xiaoer:{a}:wakeups"
    assert told.endswith(":sends")


async def test_its_own_words_wake_a_process_once(redis: FakeRedis) -> None:
    async with started(redis) as wakeups:
        wakeups.notify(Work.SENDS)
        await woken(wakeups, Work.SENDS)
        await until(lambda: redis.published)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await wakeups.wait(Work.SENDS, LONG)


async def test_words_that_are_no_work_are_ignored(redis: FakeRedis) -> None:
    async with started(redis) as wakeups:
        redis.hear("nonsense")
        redis.hear("other:turns")
        await woken(wakeups, Work.TURNS)


async def test_redis_away_costs_nothing_here_and_is_listened_to_again(redis: FakeRedis) -> None:
    async with started(redis) as wakeups:
        redis.away = True
        redis.break_down()
        wakeups.notify(Work.TURNS)
        await woken(wakeups, Work.TURNS)
        await until(lambda: redis.subscriptions == 0)
        redis.away = False
        await until(lambda: redis.subscriptions == 1)
        redis.hear("other:turns")
        await woken(wakeups, Work.TURNS)


@pytest.mark.parametrize("steps", range(5))
async def test_a_wake_up_does_not_swallow_the_end(redis: FakeRedis, steps: int) -> None:
    """A loop that is told to end at the moment it is woken ends, whichever of the two it sees first."""
    wakeups = Wakeups(cast(RedisLink, FakeLink(redis)), "w")
    waiting = asyncio.create_task(wakeups.wait(Work.TURNS, LONG))
    await asyncio.sleep(0.01)
    wakeups.notify(Work.TURNS)
    for _ in range(steps):
        await asyncio.sleep(0)
    told_in_time = waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled() is told_in_time
