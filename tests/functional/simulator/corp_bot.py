"""A receiver of WeCom callbacks and a caller of the corp's API, written against the documents only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from simulator.corp.settings import CorpSettings
from simulator.crypto import MessageCipher, decode_aes_key, sign
from simulator.markup import Node, parse
from tests.functional.simulator.conftest import Client
from tests.patience import PATIENCE

CORP_ID = "ww0123456789abcdef"
SECRET = "secret-of-the-simulated-app"
TOKEN = "corp0token"
AES_KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
ACCOUNT = "wkAAAAshop"
OTHER_ACCOUNT = "wkAAAAother"
CIPHER = MessageCipher(key=decode_aes_key(AES_KEY), receive_id=CORP_ID)

Json = dict[str, object]


@dataclass(slots=True)
class CorpBot:
    """Keeps what it is told; ``answer`` decides the reply to a callback, ``echo`` that to the verification."""

    answer: Callable[[Node], web.Response] = lambda _: web.Response(text="")
    echo: Callable[[str], str] = lambda clear: clear
    echo_gate: asyncio.Event | None = None
    """When set, the echo waits for it."""
    seen: list[Node] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> web.Application:
        """The receiver as an application."""
        app = web.Application()
        app.router.add_get("/callback/wecom", self._verify)
        app.router.add_post("/callback/wecom", self._receive)
        return app

    def bells(self) -> list[tuple[str, str]]:
        """Token and account of each kf_msg_or_event, in order."""
        return [
            (text(node, "Token"), text(node, "OpenKfId"))
            for node in self.seen
            if text(node, "Event") == "kf_msg_or_event"
        ]

    async def _verify(self, request: web.Request) -> web.Response:
        query = request.query
        wanted = sign(TOKEN, query["timestamp"], query["nonce"], query["echostr"])
        if wanted != query["msg_signature"]:
            return web.Response(status=403)
        if self.echo_gate is not None:
            await self.echo_gate.wait()
        return web.Response(text=self.echo(CIPHER.open(query["echostr"]).decode()))

    async def _receive(self, request: web.Request) -> web.Response:
        query, outer = request.query, parse(await request.read())
        sealed = text(outer, "Encrypt")
        if sign(TOKEN, query["timestamp"], query["nonce"], sealed) != query["msg_signature"]:
            return web.Response(status=403)
        assert outer.names() == ["ToUserName", "AgentID", "Encrypt"]
        self.queries.append(dict(query))
        self.seen.append(parse(CIPHER.open(sealed)))
        return self.answer(self.seen[-1])


def text(node: Node, name: str) -> str:
    """The text of a child, empty when there is none."""
    child = node.child(name)
    return "" if child is None else child.text


@dataclass(slots=True)
class CorpClient:
    """Calls both ports."""

    client: Client
    bot: CorpBot
    cursor: str = ""
    _token: str = ""

    async def sim(self, method: str, path: str, data: object = None, *, status: int = 200) -> Json:
        """A call of the control API."""
        return await self.client.sim(method, path, data, status=status)

    async def get_token(self, *, corpid: str = CORP_ID, secret: str = SECRET) -> Json:
        """``gettoken``."""
        url = f"{self.client.corp_url}/cgi-bin/gettoken"
        query = {"corpid": corpid, "corpsecret": secret}
        async with self.client.session.get(url, params=query) as response:
            return dict(await response.json())

    async def token(self) -> str:
        """The token, asked for once."""
        if not self._token:
            self._token = str((await self.get_token())["access_token"])
        return self._token

    async def api(
        self, path: str, data: object = None, *, method: str = "POST", token: str | None = None
    ) -> Json:
        """A call of the corp's API with a token; HTTP is always 200."""
        sign_in = await self.token() if token is None else token
        url = f"{self.client.corp_url}/cgi-bin/{path}"
        url += ("&" if "?" in path else "?") + f"access_token={sign_in}"
        body = None if data is None else json.dumps(data, ensure_ascii=False).encode()
        async with self.client.session.request(method, url, data=body) as response:
            assert response.status == 200
            return dict(await response.json())

    async def errcode(self, path: str, data: object = None, **options: str) -> object:
        """The errcode of a call."""
        return (await self.api(path, data, **options))["errcode"]

    async def sync(self, **fields: object) -> list[dict[str, object]]:
        """Everything new of the first account, page by page, by the newest bell."""
        await self.sim("POST", f"settle?timeout={PATIENCE}")
        items: list[dict[str, object]] = []
        while True:
            token = self.bot.bells()[-1][0]
            body = {"open_kfid": ACCOUNT, "cursor": self.cursor, "token": token, **fields}
            answer = await self.api("kf/sync_msg", body)
            assert answer["errcode"] == 0, answer
            page = answer["msg_list"]
            assert isinstance(page, list)
            items += page
            self.cursor = str(answer["next_cursor"])
            if answer["has_more"] != 1:
                return items

    async def act(self, customer: str, act: str, **data: object) -> Json:
        """A customer does something."""
        return await self.sim("POST", f"kefu/customers/{customer}/{act}", data)

    async def serve(self, userid: str, act: str, *, status: int = 200, **data: object) -> Json:
        """A person does something in the WeCom client."""
        return await self.sim("POST", f"kefu/servicers/{userid}/{act}", data, status=status)

    async def send(self, touser: object, words: str, **fields: object) -> Json:
        """A text by ``send_msg``."""
        data = {"touser": touser, "open_kfid": ACCOUNT, "msgtype": "text", "text": {"content": words}}
        return await self.api("kf/send_msg", data | fields)

    async def state(self, external_userid: object) -> Json:
        """``service_state/get`` without the usual fields."""
        ids = {"open_kfid": ACCOUNT, "external_userid": external_userid}
        answer = await self.api("kf/service_state/get", ids)
        return {name: value for name, value in answer.items() if not name.startswith("err")}

    async def trans(self, external_userid: object, state: int, servicer: str | None = None) -> Json:
        """``service_state/trans``."""
        data: Json = {"open_kfid": ACCOUNT, "external_userid": external_userid, "service_state": state}
        if servicer is not None:
            data["servicer_userid"] = servicer
        return await self.api("kf/service_state/trans", data)

    async def heard(self, customer: str) -> list[dict[str, object]]:
        """What came on a customer's phone."""
        answer = await self.sim("GET", f"kefu/customers/{customer}/transcript")
        lines = answer["lines"]
        assert isinstance(lines, list)
        return [line for line in lines if line["direction"] == "heard"]

    async def words(self, customer: str) -> list[object]:
        """The texts that came on a customer's phone."""
        return [line["text"] for line in await self.heard(customer)]

    async def pass_time(self, seconds: float) -> None:
        """Move the platform's clock; the next call asks for a token again."""
        self._token = ""
        await self.sim("POST", "clock", {"advance_seconds": seconds})


def corp_settings(callback_url: str) -> CorpSettings:
    """A corp with two accounts and two servicers."""
    return CorpSettings(
        corp_id=CORP_ID,
        secret=SECRET,
        token=TOKEN,
        aes_key=AES_KEY,
        callback_url=callback_url,
        kefu_accounts=(f"{ACCOUNT}:小店客服", f"{OTHER_ACCOUNT}:售后"),
        servicers=("zhangsan:张三", "lisi:李四"),
        members=("wangwu:王五",),
    )


@asynccontextmanager
async def listening(bot: CorpBot) -> AsyncIterator[str]:
    """The callback address of a bot that serves within the block."""
    runner = web.AppRunner(bot.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/callback/wecom"
    await runner.cleanup()
