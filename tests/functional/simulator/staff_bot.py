"""A WeCom bot that answers members at once, and the corp it belongs to, for tests over real HTTP."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from simulator.corp.settings import CorpSettings
from simulator.crypto import MessageCipher, decode_aes_key, sign
from simulator.markup import Node, cdata, parse
from simulator.settings import Settings
from tests.functional.simulator.echo_bot import AES_KEY, APP_ID, APP_SECRET, ORIGINAL_ID, TOKEN

CORP_ID = "ww0123456789abcdef"
AGENT_ID = 1000002
SECRET = "secret-of-the-simulated-app"
ROBOT_KEY = "11112222-3333-4444-5555-666677778888"
CIPHER = MessageCipher(key=decode_aes_key(AES_KEY), receive_id=CORP_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCallback:
    """One attempt as the bot saw it."""

    query: dict[str, str]
    root: Node

    def field(self, name: str) -> str:
        """The text of an element of the first level; empty when there is none."""
        node = self.root.child(name)
        return "" if node is None else node.text


def reply(callback: StaffCallback, kind: str, body: str) -> str:
    """A sealed passive reply whose inner elements are ``body``."""
    clear = (
        f"<xml><ToUserName>{cdata(callback.field('FromUserName'))}</ToUserName>"
        f"<FromUserName>{cdata(callback.field('ToUserName'))}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType>{cdata(kind)}</MsgType>{body}</xml>"
    )
    sealed, stamp, nonce = CIPHER.seal(clear.encode()), str(int(time.time())), callback.query["nonce"]
    return (
        f"<xml><Encrypt>{cdata(sealed)}</Encrypt>"
        f"<MsgSignature>{cdata(sign(TOKEN, stamp, nonce, sealed))}</MsgSignature>"
        f"<TimeStamp>{stamp}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
    )


@dataclass(slots=True)
class StaffBot:
    """Opens callbacks; ``answer`` decides what it says to them (empty: nothing)."""

    answer: Callable[[StaffCallback], str] = lambda callback: ""
    seen: list[StaffCallback] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        """One attempt; 403 when the signature is wrong."""
        query, outer = request.query, parse(await request.read())
        sealed = next(node.text for node in outer.children if node.name == "Encrypt")
        if sign(TOKEN, query["timestamp"], query["nonce"], sealed) != query["msg_signature"]:
            return web.Response(status=403)
        callback = StaffCallback(query=dict(query), root=parse(CIPHER.open(sealed)))
        self.seen.append(callback)
        return web.Response(text=self.answer(callback))

    def events(self, name: str) -> list[StaffCallback]:
        """The callbacks of one event, in the order of arrival."""
        return [callback for callback in self.seen if callback.field("Event") == name]


@asynccontextmanager
async def listening(bot: StaffBot) -> AsyncIterator[str]:
    """The bot's address, within the block."""
    app = web.Application()
    app.router.add_post("/callback/wecom", bot.receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/callback/wecom"
    finally:
        await runner.cleanup()


def staff_settings(url: str, folder: Path) -> Settings:
    """An account with a corp of three members whose five seconds are a quarter of a second."""
    corp = CorpSettings(
        corp_id=CORP_ID,
        agent_id=AGENT_ID,
        secret=SECRET,
        token=TOKEN,
        aes_key=AES_KEY,
        callback_url=url,
        members=("ZhangSan:张三", "lisi:李四", "wangwu:王五"),
        robot_keys=(ROBOT_KEY,),
    )
    return Settings(
        app_id=APP_ID,
        app_secret=APP_SECRET,
        original_id=ORIGINAL_ID,
        token=TOKEN,
        aes_key=AES_KEY,
        callback_url=url,
        port=0,
        timeout_scale=0.05,
        clock_offset_file=folder / "offset",
        corp=corp,
    )
