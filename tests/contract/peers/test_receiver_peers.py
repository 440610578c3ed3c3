"""Servers that nobody here wrote accept the simulator's callbacks, and the simulator shows what they answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from simulator.app import PUSHER, WORLD, create_app
from simulator.envelope import Mode
from simulator.phones import Phones
from simulator.pusher import Pusher
from simulator.settings import Settings
from simulator.world import World
from tests.contract.peers.installing import PROGRAMS, node_modules, peers_python
from tests.contract.peers.processes import line, peer
from tests.patience import PATIENCE

APP_ID, TOKEN, AES_KEY = "wx0123456789abcdef", "peertoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TEXTS = ("几点发货？", "<b>&</b> ]] >", "😀" * 50, "x" * 1000)


@asynccontextmanager
async def receiver(name: str) -> AsyncIterator[str]:
    """The address of a peer that serves."""
    settings = json.dumps({"token": TOKEN, "appid": APP_ID, "encodingAESKey": AES_KEY})
    if name == "co-wechat":
        folder = node_modules()
        command = ["node", str(PROGRAMS / "co_wechat_receiver.js"), settings]
    else:
        python = peers_python()
        folder = python.parent
        command = [str(python), str(PROGRAMS / "werobot_receiver.py"), settings]
    async with peer(*command, cwd=folder) as process:
        yield f"http://127.0.0.1:{await line(process)}/"


@asynccontextmanager
async def platform(callback_url: str, mode: Mode) -> AsyncIterator[tuple[World, Pusher]]:
    settings = Settings(
        app_id=APP_ID,
        app_secret="secret",
        original_id="gh_peer",
        token=TOKEN,
        aes_key=AES_KEY,
        callback_url=callback_url,
        mode=mode,
    )
    app = create_app(settings)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        yield app[WORLD], app[PUSHER]
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("name", "mode"),
    [("co-wechat", Mode.PLAIN), ("co-wechat", Mode.SECURE), ("werobot", Mode.SECURE)],
)
async def test_a_server_of_another_making(name: str, mode: Mode) -> None:
    async with receiver(name) as url, platform(url, mode) as (world, pusher):
        assert (await pusher.verify())["ok"]
        phones, wang = Phones(world, pusher), world.shoppers.ensure("wang")
        for text in TEXTS:
            heard = wang.next_heard()
            phones.act(wang, "say", {"text": text})
            answer = await asyncio.wait_for(heard, PATIENCE)
            assert (answer.route.value, answer.content) == ("passive", {"text": f"echo:{text}"})
        for act, data in (("follow", {}), ("location", {}), ("click", {"key": "k"})):
            phones.act(world.shoppers.ensure(f"li-{act}", following=act != "follow"), act, data)
        await pusher.settle()
        # co-wechat makes up a nonce of its own, which the platform is known to accept.
        assert set(world.violations.counts) <= {"reply-nonce"}


@pytest.mark.parametrize("name", ["co-wechat", "werobot"])
async def test_they_read_what_would_end_a_cdata_section_but_do_not_write_it_safely(name: str) -> None:
    async with receiver(name) as url, platform(url, Mode.SECURE) as (world, pusher):
        Phones(world, pusher).act(world.shoppers.ensure("wang"), "say", {"text": "a]]>b"})
        await pusher.settle()
        assert world.violations.counts["malformed-reply"] == 1


@pytest.mark.parametrize("name", ["co-wechat", "werobot"])
async def test_a_callback_under_another_token_is_refused(name: str) -> None:
    async with receiver(name) as url, platform(url, Mode.SECURE) as (world, pusher):
        object.__setattr__(world.envelope, "token", "another")
        assert not (await pusher.verify())["ok"]
