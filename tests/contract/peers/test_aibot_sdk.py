"""The official SDK for 智能机器人 works against the simulator's long connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from simulator.aibot.part import AiBot
from simulator.aibot.rooms import Line, Room
from simulator.app import CORP_APP, WORLD, create_app
from simulator.corp.settings import CorpSettings
from simulator.settings import Settings
from simulator.world import World
from tests.contract.peers.installing import PROGRAMS, peers_python
from tests.contract.peers.processes import line, peer

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NOBODY = "http://127.0.0.1:9/"


@asynccontextmanager
async def simulator() -> AsyncIterator[tuple[World, AiBot, str]]:
    corp = CorpSettings(
        corp_id="ww0",
        secret="s",
        token="t",
        aes_key=KEY,
        callback_url=NOBODY,
        aibot_id="AIB1",
        aibot_secret="secret-of-the-bot",
    )
    settings = Settings(
        app_id="wx0",
        app_secret="s",
        original_id="gh_0",
        token="t",
        aes_key=KEY,
        callback_url=NOBODY,
        corp=corp,
    )
    app = create_app(settings)
    main, runner = web.AppRunner(app), web.AppRunner(app[CORP_APP], shutdown_timeout=0.1)
    await main.setup()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    simulated = app[WORLD].corp
    assert simulated is not None
    assert simulated.aibot is not None
    try:
        yield app[WORLD], simulated.aibot, f"ws://127.0.0.1:{runner.addresses[0][1]}/aibot/connect"
    finally:
        await runner.cleanup()
        await main.cleanup()


@asynccontextmanager
async def sdk(url: str, secret: str = "secret-of-the-bot") -> AsyncIterator[asyncio.subprocess.Process]:
    python = peers_python()
    settings = json.dumps({"url": url, "bot_id": "AIB1", "secret": secret})
    async with peer(str(python), str(PROGRAMS / "aibot_client.py"), settings, cwd=python.parent) as process:
        yield process


def said(room: Room) -> list[Line]:
    return [one for one in room.lines if one.who == "bot"]


async def test_streams_cards_welcomes_and_unasked_words() -> None:
    async with simulator() as (world, bot, url), sdk(url) as process:
        assert await line(process) == {"state": "authenticated"}
        room = bot.talk.rooms.single("wang")

        async def acks(count: int) -> None:
            for _ in range(count):
                assert (await line(process))["ack"]["errcode"] == 0

        await bot.enter("wang")
        await acks(1)
        await bot.say(room, "wang", "text", {"content": "几点发货？"})
        await acks(2)
        await bot.say(room, "wang", "text", {"content": "卡片"})
        await acks(1)
        await bot.click(room, "wang", "t1", "take", None)
        await acks(1)
        await bot.say(room, "wang", "text", {"content": "主动"})
        await acks(1)
        kinds = [(one.kind, one.finished) for one in said(room)]
        assert kinds == [("text", True), ("stream", True), ("template_card", True), ("markdown", True)]
        assert said(room)[1].content["text"] == "echo:几点发货？"
        assert said(room)[2].content["main_title"] == {"title": "已接单"}
        assert dict(world.violations.counts) == {}
        pings = [
            entry
            for entry in world.journal.after(0)
            if entry.kind == "aibot.frame" and entry.data["cmd"] == "ping"
        ]
        assert all(entry.data["errcode"] == 0 for entry in pings)


async def test_a_wrong_secret_is_told() -> None:
    async with simulator() as (world, _, url), sdk(url, "wrong") as process:
        assert "Authentication failed" in (await line(process))["error"]
        assert dict(world.violations.counts) == {"aibot-bad-secret": 1}


async def test_a_second_connection_ends_the_first() -> None:
    async with simulator() as (_, bot, url), sdk(url) as first:
        assert await line(first) == {"state": "authenticated"}
        async with sdk(url) as second:
            assert await line(second) == {"state": "authenticated"}
            assert await line(first) == {"state": "kicked"}
            assert bot.link.connected
