"""A simulated corp with a 智能机器人, and a bot of a few lines that answers its callbacks."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from simulator.aibot.part import AiBot
from simulator.app import CORP_APP, WORLD, create_app
from simulator.corp.settings import CorpSettings
from simulator.crypto import MessageCipher, decode_aes_key, sign
from simulator.settings import Settings
from simulator.world import World
from tests.functional.simulator.echo_bot import AES_KEY, APP_ID, APP_SECRET, ORIGINAL_ID, TOKEN
from tests.patience import PATIENCE

KEY = "Z" * 43
BOT_TOKEN = "bottoken"
SECRET = "secret-of-the-long-connection"
CIPHER = MessageCipher(key=decode_aes_key(KEY), receive_id="")
Json = dict[str, Any]


@dataclass(slots=True)
class JsonBot:
    """Answers what ``answer`` returns; None is an empty body."""

    answer: Callable[[Json], Json | None] = lambda _: None
    seen: list[Json] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/bot", self.verify)
        app.router.add_post("/bot", self.receive)
        return app

    async def verify(self, request: web.Request) -> web.Response:
        return web.Response(body=CIPHER.open(request.query["echostr"]))

    async def receive(self, request: web.Request) -> web.Response:
        sealed, query = (await request.json())["encrypt"], request.query
        assert sign(BOT_TOKEN, query["timestamp"], query["nonce"], sealed) == query["msg_signature"]
        body = json.loads(CIPHER.open(sealed))
        self.seen.append(body)
        answer = self.answer(body)
        if answer is None:
            return web.Response()
        out, now = CIPHER.seal(json.dumps(answer).encode()), int(time.time())
        signature = sign(BOT_TOKEN, str(now), query["nonce"], out)
        return web.json_response(
            {"encrypt": out, "msgsignature": signature, "timestamp": now, "nonce": query["nonce"]}
        )


@dataclass(slots=True)
class Sim:
    world: World
    url: str
    corp_url: str
    session: aiohttp.ClientSession

    async def call(self, method: str, path: str, body: object = None, *, status: int = 200) -> Json:
        async with self.session.request(method, f"{self.url}/_sim/{path}", json=body) as response:
            answer: Json = await response.json()
            assert response.status == status, answer
            return answer

    async def say(self, room: str, text: str, **more: object) -> list[Json]:
        body = {"text": text, **more}
        answer = await self.call("POST", f"aibot/rooms/{room}/say?wait=answer&timeout={PATIENCE}", body)
        lines: list[Json] = answer["lines"]
        return [line for line in lines if line["who"] == "bot"]

    @property
    def bot(self) -> AiBot:
        assert self.world.corp is not None
        assert self.world.corp.aibot is not None
        return self.world.corp.aibot

    async def settled(self) -> None:
        assert self.bot.pusher is not None
        await self.bot.pusher.settle()

    @property
    def violations(self) -> dict[str, int]:
        return dict(self.world.violations.counts)


async def serve(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@asynccontextmanager
async def simulator(callback_url: str) -> AsyncIterator[Sim]:
    corp = CorpSettings(
        corp_id="wwcorp",
        secret="corp-secret",
        token="corptoken",
        aes_key=KEY,
        callback_url="http://127.0.0.1:9/nobody",
        aibot_id="AIB1",
        aibot_secret=SECRET,
        aibot_token=BOT_TOKEN,
        aibot_aes_key=KEY,
        aibot_callback_url=callback_url,
    )
    app = create_app(
        Settings(
            app_id=APP_ID,
            app_secret=APP_SECRET,
            original_id=ORIGINAL_ID,
            token=TOKEN,
            aes_key=AES_KEY,
            callback_url="http://127.0.0.1:9/nobody",
            timeout_scale=0.05,
            corp=corp,
        )
    )
    main, url = await serve(app)
    second, corp_url = await serve(app[CORP_APP])
    world = app[WORLD]
    assert world.corp is not None
    world.corp.base_url = corp_url
    async with aiohttp.ClientSession() as session:
        yield Sim(world, url, corp_url, session)
    await second.cleanup()
    await main.cleanup()


def stream(text: str, *, finish: bool = True, key: str = "S1", **more: object) -> Json:
    return {"msgtype": "stream", "stream": {"id": key, "finish": finish, "content": text, **more}}


CARD = {"card_type": "button_interaction", "task_id": "t1", "main_title": {"title": "接单？"}}
