"""A bot of a few lines: it answers what a test tells it to, with the platform's own envelope."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from simulator.crypto import MessageCipher, decode_aes_key, sign
from simulator.markup import cdata, parse

APP_ID = "wx0123456789abcdef"
APP_SECRET = "secret-of-the-simulated-account"
ORIGINAL_ID = "gh_0123456789ab"
TOKEN = "sim0token"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CIPHER = MessageCipher(key=decode_aes_key(AES_KEY), receive_id=APP_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One attempt as the bot saw it."""

    query: dict[str, str]
    fields: dict[str, str]
    raw: bytes


def text_reply(callback: Callback, words: str) -> str:
    """A clear passive reply."""
    return (
        f"<xml><ToUserName>{cdata(callback.fields['FromUserName'])}</ToUserName>"
        f"<FromUserName>{cdata(callback.fields['ToUserName'])}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{cdata(words)}</Content></xml>"
    )


def seal(clear: str, nonce: str) -> str:
    """The envelope of a reply in secure mode."""
    sealed, timestamp = CIPHER.seal(clear.encode()), str(int(time.time()))
    return (
        f"<xml><Encrypt>{cdata(sealed)}</Encrypt>"
        f"<MsgSignature>{cdata(sign(TOKEN, timestamp, nonce, sealed))}</MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
    )


def echo(callback: Callback) -> str:
    """Answer a text with the same text, anything else with ``success``."""
    if callback.fields["MsgType"] == "text":
        return seal(text_reply(callback, "你说：" + callback.fields["Content"]), callback.query["nonce"])
    return "success"


@dataclass(slots=True)
class EchoBot:
    """Receives callbacks in secure mode; ``answer`` and ``pause_seconds`` decide what it does with them."""

    answer: Callable[[Callback], str | web.Response] = echo
    pause_seconds: Callable[[int], float] = lambda attempt: 0.0
    seen: list[Callback] = field(default_factory=list)

    def app(self) -> web.Application:
        """The bot as an application."""
        app = web.Application()
        app.router.add_get("/callback/official", self._verify)
        app.router.add_post("/callback/official", self._receive)
        return app

    async def _verify(self, request: web.Request) -> web.Response:
        query = request.query
        if sign(TOKEN, query["timestamp"], query["nonce"]) != query["signature"]:
            return web.Response(status=403)
        return web.Response(text=query["echostr"])

    async def _receive(self, request: web.Request) -> web.Response:
        raw = await request.read()
        fields = {node.name: node.text for node in parse(raw).children}
        if "Encrypt" in fields:
            query = request.query
            wanted = sign(TOKEN, query["timestamp"], query["nonce"], fields["Encrypt"])
            if wanted != query["msg_signature"]:
                return web.Response(status=403)
            fields = {node.name: node.text for node in parse(CIPHER.open(fields["Encrypt"])).children}
        callback = Callback(query=dict(request.query), fields=fields, raw=raw)
        self.seen.append(callback)
        await asyncio.sleep(self.pause_seconds(len(self.seen)))
        answer = self.answer(callback)
        return answer if isinstance(answer, web.Response) else web.Response(text=answer)
