"""A deliberately simple bot for 微信客服 and members that keeps the rules, and can be told to break any of them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
from aiohttp import web

from simulator.crypto import CipherDefect, sign
from simulator.markup import MarkupDefect, Node, cdata, parse
from tests.functional.simulator.corp_bot import ACCOUNT, CIPHER, CORP_ID, SECRET, TOKEN, text

HANDOFF = "转人工"
LONG = "详细说说"
_FRESH, _BUDGET, _PIECE = 300, 5, 2048
Item = dict[str, Any]


class Refused(Exception):
    """The request did not come from the platform."""


@dataclass(slots=True, kw_only=True)
class KefuReferenceBot:
    """``flaws`` are the names that appear in this file after ``self.has``."""

    flaws: frozenset[str] = frozenset()
    api_base: str = ""
    token: str = ""
    cursors: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    with_person: set[str] = field(default_factory=set)
    uncertain: set[str] = field(default_factory=set)
    newest: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    sent: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    paused_until: float = 0.0
    _queues: dict[str, asyncio.Queue[Item]] = field(default_factory=dict)
    _bells: dict[str, asyncio.Queue[str]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _refreshing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _session: aiohttp.ClientSession | None = None

    def has(self, flaw: str) -> bool:
        return flaw in self.flaws

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 30 if self.has("swallows") else 1 << 20)
        app.router.add_get("/callback/wecom", self.verify)
        app.router.add_post("/callback/wecom", self.receive)
        app.on_cleanup.append(self.close)
        return app

    async def close(self, _: web.Application) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    # callbacks

    async def verify(self, request: web.Request) -> web.Response:
        try:
            echo = self.open(request.query.get("echostr", ""), request).decode()
        except (Refused, CipherDefect, ValueError):
            return web.Response(status=500 if self.has("crashes") else 403)
        return web.json_response(echo) if self.has("json-echo") else web.Response(text=echo)

    async def receive(self, request: web.Request) -> web.Response:
        try:
            outer = parse(await request.read())
            clear = parse(self.open(text(outer, "Encrypt"), request))
        except Refused:
            return web.Response(status=403)
        except (MarkupDefect, CipherDefect, ValueError):
            return web.Response(status=500 if self.has("crashes") else 400)
        kind, event = text(clear, "MsgType"), text(clear, "Event")
        if event == "kf_msg_or_event":
            await self.ring(text(clear, "OpenKfId"), text(clear, "Token"))
            return web.Response()
        if self.has("one-of-both") and kind == "text":
            self.flaws |= {"deaf"}
        if self.has("kefu-only") or (kind == "event" and not self.copes_with(clear, event)):
            return web.Response(status=400)
        return self.passive(clear, request) if kind == "text" else web.Response()

    def copes_with(self, clear: Node, event: str) -> bool:
        chosen = clear.child("SelectedItems")
        if event == "template_card_event" and chosen is not None:
            return not self.has("no-cards") and not (self.has("one-item") and len(chosen.children) > 1)
        return not (self.has("members-only") and text(clear, "FromUserName") == "sys") and not (
            self.has("knows-few") and event == "brand_new_event"
        )

    def open(self, sealed: str, request: web.Request) -> bytes:
        query = request.query
        wanted = sign(TOKEN, query.get("timestamp", ""), query.get("nonce", ""), sealed)
        if wanted != query.get("msg_signature") and not self.has("no-signature"):
            raise Refused
        if abs(time.time() - int(query.get("timestamp", "0"))) > _FRESH and not self.has("no-freshness"):
            raise Refused
        try:
            return CIPHER.open(sealed)
        except CipherDefect:
            if not self.has("any-receiver"):
                raise
            return replace(CIPHER, receive_id="ww00000000somebody").open(sealed)

    def passive(self, clear: Node, request: web.Request) -> web.Response:
        reply = (
            f"<xml><ToUserName>{cdata(text(clear, 'FromUserName'))}</ToUserName>"
            f"<FromUserName>{cdata(CORP_ID)}</FromUserName><CreateTime>{int(time.time())}</CreateTime>"
            f"<MsgType>text</MsgType><Content>{cdata('收到')}</Content></xml>"
        )
        sealed, now, nonce = CIPHER.seal(reply.encode()), str(int(time.time())), request.query["nonce"]
        return web.Response(
            text=f"<xml><Encrypt>{cdata(sealed)}</Encrypt>"
            f"<MsgSignature>{sign(TOKEN, now, nonce, sealed)}</MsgSignature>"
            f"<TimeStamp>{now}</TimeStamp><Nonce>{nonce}</Nonce></xml>"
        )

    # reading

    async def ring(self, account: str, token: str) -> None:
        if self.has("deaf"):
            return
        if self.has("pulls-in-handler"):
            await self.pull(account, token)
            return
        if account not in self._bells:
            self._bells[account] = asyncio.Queue()
            self.start(self.listen(account))
        self._bells[account].put_nowait(token)

    def start(self, work: Any) -> None:
        self._tasks.add(asyncio.create_task(work))

    async def listen(self, account: str) -> None:
        while True:
            token = await self._bells[account].get()
            try:
                await self.pull(account, token)
            except aiohttp.ClientError:
                self._bells[account].put_nowait(token)

    async def pull(self, account: str, token: str) -> None:
        while True:
            body: Item = {"open_kfid": account, "token": token, "limit": 1000}
            if account in self.cursors and not self.has("no-cursor"):
                body["cursor"] = self.cursors[account]
            page = await self.call("kf/sync_msg", body)
            if page["errcode"] == 95007 and token and not self.has("dies-on-95007"):
                token = ""
                continue
            if page["errcode"] != 0:
                if self.has("dies-on-95007"):
                    self._bells[account] = asyncio.Queue()
                    await asyncio.Event().wait()
                return
            self.cursors[account] = page["next_cursor"]
            self.take(page["msg_list"])
            if self.is_last(page):
                return

    def is_last(self, page: Item) -> bool:
        if self.has("stops-at-empty") and not page["msg_list"]:
            return True
        return self.has("one-page-only") or page["has_more"] != 1

    def take(self, items: list[Item]) -> None:
        for item in items[-1:] if self.has("last-only") else items:
            if item["msgid"] in self.seen and not self.has("no-cursor"):
                continue
            self.seen.add(item["msgid"])
            if item["msgtype"] == "event":
                self.event(item["event"])
            elif item["origin"] == 3 or self.has("answers-origin-5"):
                self.enqueue(item)

    def event(self, event: Item) -> None:
        kind, customer = event["event_type"], event.get("external_userid", "")
        if self.has("crashes-on-kinds") and kind == "brand_new_event":
            raise KeyError(kind)
        if kind == "enter_session" and event.get("welcome_code"):
            for _ in range(2 if self.has("double-welcome") else 1):
                body = {"msgtype": "text", "text": {"content": "欢迎光临"}, "msgid": secrets.token_hex(16)}
                self.start(self.spend(event["welcome_code"], body))
        elif kind == "session_status_change":
            if event["change_type"] != 3:
                self.with_person.add(customer)
            elif not self.has("stays-silent"):
                self.with_person.discard(customer)
        elif (kind == "msg_send_fail" and self.has("answers-events")) or (
            kind == "user_recall_msg" and self.has("answers-recall")
        ):
            item = {
                "open_kfid": event["open_kfid"],
                "external_userid": customer,
                "msgid": secrets.token_hex(9),
            }
            self.enqueue({**item, "msgtype": "text", "text": {"content": "几点发货？"}})

    async def spend(self, code: str, body: Item) -> None:
        await self.call("kf/send_msg_on_event", {"code": code, **body})

    # answering

    def enqueue(self, item: Item) -> None:
        key = item["open_kfid"] + item["external_userid"]
        self.newest[key] = max(self.newest[key], item.get("send_time", 0))
        if key not in self._queues:
            self._queues[key] = asyncio.Queue()
            self.start(self.serve(key))
        self._queues[key].put_nowait(item)

    async def serve(self, key: str) -> None:
        while True:
            batch = [await self._queues[key].get()]
            if self.has("shuffles"):
                await asyncio.sleep(0.2)
                while not self._queues[key].empty():
                    batch.insert(0, self._queues[key].get_nowait())
            for item in batch:
                await self.answer(key, item)

    async def answer(self, key: str, item: Item) -> None:
        if item["msgtype"] != "text" or (self.has("ignores-menus") and "menu_id" in item["text"]):
            return
        if not await self.may_talk(item):
            return
        words = item["text"]["content"]
        if words == HANDOFF:
            await self.hand_over(key, item)
        else:
            await self.say(key, item, "答：" + (words if words != LONG else "很长的说明" * 300))

    async def may_talk(self, item: Item) -> bool:
        customer = item["external_userid"]
        if self.has("talks-in-3"):
            return True
        if customer in self.uncertain and not self.has("insists"):
            state = (await self.call("kf/service_state/get", _who(item)))["service_state"]
            if state in (2, 3):
                return False
            self.uncertain.discard(customer)
        return customer not in self.with_person

    async def hand_over(self, key: str, item: Item) -> None:
        servicers = await self.get(f"kf/servicer/list?open_kfid={item['open_kfid']}")
        free = [one["userid"] for one in servicers["servicer_list"] if one.get("status") == 0]
        if not free and not self.has("always-pool"):
            await self.say(key, item, "现在没有客服在线，请留言")
            return
        to = {"service_state": 3, "servicer_userid": free[0]} if free else {"service_state": 2}
        if not self.has("text-after-trans"):
            await self.say(key, item, "正在为您转接")
        answer = await self.call("kf/service_state/trans", {**_who(item), **to})
        self.with_person.add(item["external_userid"])
        if self.has("text-after-trans"):
            await self.say(key, item, "已经为您转接")
        elif answer.get("msg_code"):
            body = {"msgtype": "text", "text": {"content": "已转接"}, "msgid": secrets.token_hex(16)}
            await self.spend(answer["msg_code"], body)

    async def say(self, key: str, item: Item, words: str) -> None:
        pieces = [words] if self.has("one-piece") else split(words)
        if self.has("many-parts"):
            pieces = [f"{words} {part}" for part in range(7)]
        for number, piece in enumerate(pieces):
            # What was sent since the customer's newest word counts, whenever that word reached us.
            used = sum(at >= self.newest[key] for at in self.sent[key])
            if used >= _BUDGET and not self.has("many-parts"):
                return
            self.sent[key].append(time.time())
            msgid = hashlib.sha256(f"{item['msgid']}:{words[:9]}:{number}".encode()).hexdigest()
            await self.send(item, piece, msgid[: 40 if self.has("long-ids") else 32])

    async def send(self, item: Item, words: str, msgid: str) -> None:
        account = ACCOUNT if self.has("one-account") else item["open_kfid"]
        body: Item = {"touser": item["external_userid"], "open_kfid": account, "msgid": msgid}
        body |= {"msgtype": "text", "text": {"content": words}}
        for _ in range(3):
            if time.monotonic() < self.paused_until:
                return
            if self.has("new-msgid"):
                body["msgid"] = secrets.token_hex(16)
            try:
                code = (await self.call("kf/send_msg", body))["errcode"]
            except aiohttp.ClientError:
                if self.has("gives-up"):
                    return
                continue
            if not self.repeats(code, item["external_userid"]):
                return

    def repeats(self, code: int, customer: str) -> bool:
        if code == 45009 and not self.has("hammers"):
            self.paused_until = time.monotonic() + 60
        if code == 95018:
            self.uncertain.add(customer)
            return self.has("insists")
        return code != 0 and (self.has("repeats-refused") or self.has("hammers"))

    # the API

    async def call(self, path: str, body: Item) -> Item:
        return await self.request("POST", path, body)

    async def get(self, path: str) -> Item:
        return await self.request("GET", path, None)

    async def request(self, method: str, path: str, body: Item | None) -> Item:
        answer: Item = {}
        for _ in range(2):
            if not self.token:
                await self.refresh("")
            token = self.token
            mark = "&" if "?" in path else "?"
            answer = await self.http(method, f"{path}{mark}access_token={token}", body)
            if answer["errcode"] not in (40014, 42001) or self.has("keeps-token"):
                break
            await self.refresh(token)
        return answer

    async def refresh(self, stale: str) -> None:
        if self.has("fetches-again-and-again") and stale:
            await self.fetch()
        async with self._refreshing:
            if self.token == stale:
                await self.fetch()

    async def fetch(self) -> None:
        answer = await self.http("GET", f"gettoken?corpid={CORP_ID}&corpsecret={SECRET}", None)
        self.token = answer["access_token"]

    async def http(self, method: str, path: str, body: Item | None) -> Item:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        async with self._session.request(method, f"{self.api_base}/cgi-bin/{path}", data=data) as response:
            response.raise_for_status()
            answer: Item = await response.json()
            return answer


def split(words: str) -> list[str]:
    """Pieces of at most 2048 bytes, whole characters each."""
    pieces, piece = [], ""
    for character in words:
        if len((piece + character).encode()) > _PIECE:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def _who(item: Item) -> Item:
    return {"open_kfid": item["open_kfid"], "external_userid": item["external_userid"]}
