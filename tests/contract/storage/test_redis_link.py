"""The embedded Redis: one server for all processes of a bot, back after a crash, gone with whoever started it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.wakeups import Wakeups, Work
from storage.embedded_redis import EmbeddedRedis
from storage.redis_link import RedisLink
from storage.settings import RedisSettings
from tests.patience import PATIENCE

ROOT = Path(__file__).parent.parent.parent.parent
STARTER = """
import sys
from storage.embedded_redis import EmbeddedRedis

server = EmbeddedRedis(sys.argv[1])
server.ensure()
print("started", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def identity() -> str:
    """A database that no other test has, and so a server of our own."""
    return f"sqlite+aiosqlite:///{uuid.uuid4()}/xiaoer.db"


@asynccontextmanager
async def link_to(identity: str, url: str = "embedded") -> AsyncIterator[RedisLink]:
    link = RedisLink(RedisSettings(url=url), identity=identity)
    try:
        await link.start()
        yield link
    finally:
        await link.close()


async def server_pid(link: RedisLink) -> int:
    return int((await link.client.info("server"))["process_id"])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - it is another process that changes it
            await asyncio.sleep(0.05)


def runs(pid: int) -> bool:
    """A process that has ended and was not collected yet does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_it_starts_and_is_private(identity: str) -> None:
    async with link_to(identity) as link:
        assert await link.alive()
        folder = EmbeddedRedis(identity).socket_path.parent
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (await link.client.config_get("port"))["port"] == "0"
        assert (await link.client.config_get("save"))["save"] == ""
        pid = await server_pid(link)
    await until(lambda: not runs(pid))


async def test_two_links_share_one_server_and_the_guest_leaves_it_running(identity: str) -> None:
    async with link_to(identity) as owner:
        async with link_to(identity) as guest:
            assert await server_pid(owner) == await server_pid(guest)
            await owner.client.set("k", "v")
            assert await guest.client.get("k") == "v"
        assert await owner.alive()


async def test_other_bots_have_a_server_of_their_own(identity: str) -> None:
    async with link_to(identity) as one, link_to(identity + "2") as two:
        assert await server_pid(one) != await server_pid(two)


async def test_a_server_that_was_killed_comes_back(identity: str) -> None:
    async with link_to(identity) as link, link_to(identity) as guest:
        killed = await server_pid(link)
        os.kill(killed, signal.SIGKILL)
        await until(lambda: not runs(killed))
        async with asyncio.timeout(PATIENCE):
            while not (await link.alive() and await guest.alive()):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert await server_pid(link) == await server_pid(guest) != killed


async def test_it_dies_with_its_starter_and_a_guest_starts_it_again(identity: str) -> None:
    starter = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", STARTER, identity),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert starter.stdout is not None
    assert await starter.stdout.readline() == b"started\n"
    async with link_to(identity) as guest:
        first = await server_pid(guest)
        starter.kill()
        await starter.wait()
        await until(lambda: not runs(first))
        async with asyncio.timeout(PATIENCE):
            while not await guest.alive():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert await server_pid(guest) != first


async def test_a_link_to_a_server_that_is_away_says_so_and_closes() -> None:
    async with link_to("x", url="unix:///nowhere/redis.sock") as link:
        assert not await link.alive()


async def test_a_link_to_a_server_of_ours_does_not_stop_it(redis_url: str) -> None:
    async with link_to("x", url=redis_url) as link:
        assert await link.alive()
    async with link_to("x", url=redis_url) as link:
        assert await link.alive()


LISTENER = """
import asyncio, sys
from bot.wakeups import Wakeups, Work
from storage.redis_link import RedisLink
from storage.settings import RedisSettings

async def listen():
    link = RedisLink(RedisSettings(url=sys.argv[1]), identity="x")
    wakeups = Wakeups(link, "xiaoer:{test}:wakeups")
    await wakeups.start()
    async with asyncio.timeout(60):
        while not await link.client.pubsub_numsub("xiaoer:{test}:wakeups") == [("xiaoer:{test}:wakeups", 1)]:
            await asyncio.sleep(0.02)
        print("listening", flush=True)
        await wakeups.wait(Work.SENDS, 60)
        print("woken", flush=True)
    await wakeups.close()
    await link.close()

asyncio.run(listen())
"""


async def test_a_wake_up_reaches_another_process(redis_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LISTENER, redis_url), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"listening\n"
    async with link_to("x", url=redis_url) as link:
        wakeups = Wakeups(link, "xiaoer:{test}:wakeups")
        await wakeups.start()
        wakeups.notify(Work.TURNS)  # another kind wakes nobody there
        wakeups.notify(Work.SENDS)
        async with asyncio.timeout(PATIENCE):
            assert await process.stdout.readline() == b"woken\n"
        await wakeups.close()
    assert await process.wait() == 0


async def test_wake_ups_are_heard_again_after_the_server_was_killed(identity: str) -> None:
    async with link_to(identity) as here, link_to(identity) as there:
        sender, hearer = Wakeups(here, "w"), Wakeups(there, "w")
        await sender.start()
        await hearer.start()
        killed = await server_pid(here)
        os.kill(killed, signal.SIGKILL)
        heard = asyncio.create_task(hearer.wait(Work.TURNS, PATIENCE))
        async with asyncio.timeout(PATIENCE):
            while not heard.done():
                sender.notify(Work.TURNS)
                await asyncio.sleep(0.1)
        await sender.close()
        await hearer.close()
