"""A deliberately simple bot that keeps the official account's rules, and can be told to break any one of them.

It shares the simulator's envelope, because it exists to prove the conformance suite and not the envelope.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
from aiohttp import web

from simulator.crypto import CipherDefect, MessageCipher, decode_aes_key, sign
from simulator.markup import MarkupDefect, cdata, parse
from tests.functional.simulator.echo_bot import AES_KEY, APP_ID, APP_SECRET, TOKEN
from tests.functional.simulator.narrow_padding import NarrowCipher

Fields = dict[str, str]
_CIPHER = MessageCipher(key=decode_aes_key(AES_KEY), receive_id=APP_ID)
_BUDGET = 5
_FRESH = 300
_MAX_BODY = 1 << 20
_SEND = "/cgi-bin/message/custom/send"


class Refused(Exception):
    """The request did not come from the platform."""


@dataclass(slots=True, kw_only=True)
class OfficialReferenceBot:
    """``by_api`` acknowledges at once and answers over the API; otherwise the callback's answer is the reply.

    ``flaws`` are the names that appear in this file after ``self.has``.
    """

    by_api: bool = False
    flaws: frozenset[str] = frozenset()
    api_base: str = ""
    replies: dict[str, str] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
    sent: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    token: str = ""
    paused_until: float = 0.0
    _queues: dict[str, asyncio.Queue[Fields]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _refreshing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _session: aiohttp.ClientSession | None = None

    def has(self, flaw: str) -> bool:
        return flaw in self.flaws

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 30 if self.has("swallows") else _MAX_BODY)
        app.router.add_get("/callback/official", self.verify)
        app.router.add_post("/callback/official", self.receive)
        app.on_cleanup.append(self.close)
        return app

    async def close(self, _: web.Application) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def verify(self, request: web.Request) -> web.Response:
        query = request.query
        wanted = sign(TOKEN, query.get("timestamp", ""), query.get("nonce", ""))
        if wanted != query.get("signature") and not self.has("no-signature"):
            return web.Response(status=403)
        echo = query.get("echostr", "")
        return web.json_response(echo) if self.has("quoted-echo") else web.Response(text=echo)

    async def receive(self, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(0.05 if self.has("impatient") else None):
                body = await request.read()
            fields = self.open(body, request)
        except (Refused, TimeoutError):
            return web.Response(status=403)
        except (MarkupDefect, CipherDefect, UnicodeDecodeError):
            return web.Response(status=500 if self.has("crashes") else 400)
        if self.has("slow"):
            await asyncio.sleep(1.0)
        if self.has("knows-few-types") and not self.knows(fields):
            return web.Response(status=400)
        key = self.key_of(fields)
        if key in self.replies and not self.has("no-dedupe"):
            return self.sealed("" if self.has("empty-for-copies") else self.replies[key], request)
        self.replies[key] = "" if self.by_api else self.reply_to(fields)
        if self.by_api:
            self.enqueue(fields)
        return self.sealed(self.replies[key], request)

    def open(self, raw: bytes, request: web.Request) -> Fields:
        query = request.query
        outer = {node.name: node.text for node in parse(raw).children}
        wanted = sign(TOKEN, query.get("timestamp", ""), query.get("nonce", ""), outer.get("Encrypt", ""))
        if wanted != query.get("msg_signature") and not self.has("no-signature"):
            raise Refused
        if abs(time.time() - int(query.get("timestamp", "0"))) > _FRESH and not self.has("no-freshness"):
            raise Refused
        try:
            clear = _CIPHER.open(outer.get("Encrypt", ""))
        except CipherDefect:
            if not self.has("any-receiver"):
                raise
            clear = replace(_CIPHER, receive_id="wx00000000somebody").open(outer["Encrypt"])
        return {node.name: node.text for node in parse(clear).children}

    def knows(self, fields: Fields) -> bool:
        return fields["MsgType"] in ("text", "image") or fields.get("Event") in ("subscribe", "unsubscribe")

    def key_of(self, fields: Fields) -> str:
        if self.has("event-key") and "MsgId" not in fields:
            return fields["FromUserName"] + fields["CreateTime"]
        text = json.dumps(fields, sort_keys=True)
        return fields.get("MsgId") or hashlib.sha256(text.encode()).hexdigest()

    def words_for(self, fields: Fields) -> str:
        if fields["MsgType"] == "text":
            return f"答：{fields['Content']}"
        return "欢迎" if fields.get("Event") == "subscribe" else ""

    def reply_to(self, fields: Fields) -> str:
        words = self.words_for(fields)
        if not words:
            return ""
        to_user, from_user = fields["FromUserName"], fields["ToUserName"]
        if self.has("not-swapped"):
            to_user, from_user = from_user, to_user
        content = f"<![CDATA[{words}]]>" if self.has("raw-cdata") else cdata(words)
        return (
            f"<xml><ToUserName>{cdata(to_user)}</ToUserName><FromUserName>{cdata(from_user)}</FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType>text</MsgType><Content>{content}</Content></xml>"
        )

    def sealed(self, clear: str, request: web.Request) -> web.Response:
        if not clear:
            return web.Response(text="success")
        cipher = NarrowCipher(_CIPHER) if self.has("narrow-padding") else _CIPHER
        sealed, timestamp, nonce = cipher.seal(clear.encode()), str(int(time.time())), request.query["nonce"]
        return web.Response(
            text=f"<xml><Encrypt>{cdata(sealed)}</Encrypt>"
            f"<MsgSignature>{sign(TOKEN, timestamp, nonce, sealed)}</MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{nonce}</Nonce></xml>"
        )

    def enqueue(self, fields: Fields) -> None:
        openid = fields["FromUserName"]
        self.newest[openid] = max(int(fields["CreateTime"]), self.newest.get(openid, 0))
        if openid not in self._queues:
            self._queues[openid] = asyncio.Queue()
            task = asyncio.create_task(self.serve(openid))
            self._tasks.add(task)
        self._queues[openid].put_nowait(fields)

    async def serve(self, openid: str) -> None:
        while True:
            batch = [await self._queues[openid].get()]
            if self.has("shuffles"):
                await asyncio.sleep(0.2)
                while not self._queues[openid].empty():
                    batch.insert(0, self._queues[openid].get_nowait())
            for fields in batch:
                words = self.words_for(fields)
                pieces = [f"{words} {part}" for part in range(7)] if self.has("many-parts") else [words]
                for piece in pieces:
                    await self.say(openid, piece)

    async def say(self, openid: str, words: str) -> None:
        if not words or (self.left(openid) < 1 and not self.has("many-parts")):
            return
        self.sent[openid].append(time.time())
        tries = 4 if self.has("resends-often") else 2
        for _ in range(tries):
            if not self.token:
                await self.refresh("")
            token = self.token
            try:
                code = await self.send(openid, words, token)
            except aiohttp.ClientError:
                if self.has("dies"):
                    raise
                continue
            if code == 0 or not await self.may_repeat(code, token):
                return

    def left(self, openid: str) -> int:
        """What was sent since the person's newest word counts, whenever that word reached us."""
        return _BUDGET - sum(at >= self.newest[openid] for at in self.sent[openid])

    async def may_repeat(self, code: object, token: str) -> bool:
        if code in (40001, 40014, 42001):
            if self.has("keeps-token"):
                return False
            await self.refresh(token)
            return True
        if code == 45009 and not self.has("hammers"):
            self.paused_until = time.monotonic() + 60
        return self.has("repeats-refused") or (code == 45009 and self.has("hammers"))

    async def send(self, openid: str, words: str, token: str) -> object:
        if time.monotonic() < self.paused_until:
            return 45009
        body = {"touser": openid, "msgtype": "text", "text": {"content": words}}
        answer = await self.post(f"{_SEND}?access_token={token}", body)
        return answer["errcode"]

    async def refresh(self, stale: str) -> None:
        if self.has("fetches-again-and-again"):
            stale = self.token
            await self.fetch()
        async with self._refreshing:
            if self.token == stale:
                await self.fetch()

    async def fetch(self) -> None:
        body = {"grant_type": "client_credential", "appid": APP_ID, "secret": APP_SECRET}
        self.token = (await self.post("/cgi-bin/stable_token", body))["access_token"]

    async def post(self, path: str, body: object) -> dict[str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        data = json.dumps(body, ensure_ascii=False).encode()
        async with self._session.post(self.api_base + path, data=data) as response:
            response.raise_for_status()
            answer: dict[str, Any] = await response.json()
            return answer
