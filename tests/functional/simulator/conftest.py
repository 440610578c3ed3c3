"""A running simulator and a small bot, both over real HTTP on free ports."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from simulator.app import serve
from simulator.settings import Settings
from tests.functional.simulator.echo_bot import AES_KEY, APP_ID, APP_SECRET, ORIGINAL_ID, TOKEN, EchoBot
from tests.patience import PATIENCE

Json = dict[str, object]


@dataclass(slots=True)
class Client:
    """Calls the simulator as a test or a bot would."""

    url: str
    session: aiohttp.ClientSession
    corp_url: str = ""

    async def sim(
        self, method: str, path: str, data: object = None, *, status: int = 200
    ) -> dict[str, object]:
        """A call of the control API that must answer with the given status."""
        async with self.session.request(method, f"{self.url}/_sim/{path}", json=data) as response:
            answer = await response.json()
            assert response.status == status, answer
            assert isinstance(answer, dict)
            return answer

    async def ask(self, shopper: str, text: str) -> dict[str, object]:
        """Say something and return the first line that is heard."""
        answer = await self.sim(
            "POST", f"shoppers/{shopper}/say?wait=answer&timeout={PATIENCE}", {"text": text}
        )
        heard = answer["heard"]
        assert isinstance(heard, dict)
        return heard

    async def heard(self, shopper: str) -> list[dict[str, object]]:
        """What a shopper has heard, once nothing is under way any more."""
        await self.sim("POST", f"settle?timeout={PATIENCE}")
        answer = await self.sim("GET", f"shoppers/{shopper}/transcript")
        lines = answer["lines"]
        assert isinstance(lines, list)
        return [line for line in lines if line["direction"] == "heard"]

    async def words(self, shopper: str) -> list[str]:
        """The texts that a shopper has heard."""
        return [str(line["content"]["text"]) for line in await self.heard(shopper)]  # type: ignore[index]

    async def kinds(self) -> list[str]:
        """The kinds of all entries in the log."""
        answer = await self.sim("GET", "log?limit=20000")
        entries = answer["entries"]
        assert isinstance(entries, list)
        return [entry["kind"] for entry in entries]

    async def violations(self) -> dict[str, int]:
        """How often each rule was broken."""
        answer = await self.sim("GET", "invariants")
        counts = answer["counts"]
        assert isinstance(counts, dict)
        return counts

    async def token(self) -> str:
        """A stable token."""
        data = {"grant_type": "client_credential", "appid": APP_ID, "secret": APP_SECRET}
        answer = await self.api("POST", "/cgi-bin/stable_token", data)
        return str(answer["access_token"])

    async def api(self, method: str, path: str, data: object = None) -> dict[str, object]:
        """A call of the platform's API; HTTP is always 200."""
        body = None if data is None else json.dumps(data, ensure_ascii=False).encode()
        async with self.session.request(method, self.url + path, data=body) as response:
            assert response.status == 200
            answer = await response.json()
            assert isinstance(answer, dict)
            return answer

    async def send(self, token: str, openid: object, text: str) -> object:
        """A custom text message; returns the errcode."""
        data = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        answer = await self.api("POST", f"/cgi-bin/message/custom/send?access_token={token}", data)
        return answer["errcode"]


@pytest.fixture
async def bot() -> EchoBot:
    """The bot's behaviour, to be changed by a test."""
    return EchoBot()


@pytest.fixture
async def bot_url(bot: EchoBot) -> AsyncIterator[str]:
    """Where the bot listens."""
    runner = web.AppRunner(bot.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/callback/official"
    await runner.cleanup()


@pytest.fixture
async def settings(bot_url: str, tmp_path: Path) -> Settings:
    """An account whose five seconds are a quarter of a second."""
    return Settings(
        app_id=APP_ID,
        app_secret=APP_SECRET,
        original_id=ORIGINAL_ID,
        token=TOKEN,
        aes_key=AES_KEY,
        callback_url=bot_url,
        port=0,
        timeout_scale=0.05,
        clock_offset_file=tmp_path / "offset",
    )


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Client]:
    """A simulator that serves within the block."""
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve(settings, ready.set_result, stop))
    addresses = await asyncio.wait_for(ready, PATIENCE)
    async with aiohttp.ClientSession() as session:
        yield Client(addresses.url, session, addresses.corp_url or "")
    stop.set()
    await asyncio.wait_for(server, PATIENCE)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[Client]:
    """The simulator, serving."""
    async with running(settings) as client:
        yield client
