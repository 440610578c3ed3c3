"""The 智能机器人: callbacks with streams, response_url, cards and the long connection, over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from simulator.aibot.envelope import BotEnvelope
from simulator.aibot.part import AiBot
from simulator.app import CORP_APP, WORLD, create_app
from simulator.corp.settings import CorpSettings
from simulator.crypto import MessageCipher, decode_aes_key, sign
from simulator.envelope import ReplyDefect
from simulator.settings import Settings
from simulator.world import World
from tests.functional.simulator.echo_bot import AES_KEY, APP_ID, APP_SECRET, ORIGINAL_ID, TOKEN

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
        answer = await self.call("POST", f"aibot/rooms/{room}/say?wait=answer&timeout=5", body)
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


@pytest.fixture
async def bot() -> JsonBot:
    return JsonBot()


@pytest.fixture
async def sim(bot: JsonBot) -> AsyncIterator[Sim]:
    runner, url = await serve(bot.app())
    async with simulator(f"{url}/bot") as running:
        yield running
    await runner.cleanup()


@pytest.fixture
async def linked() -> AsyncIterator[Sim]:
    """Without a callback URL: only the long connection."""
    async with simulator("") as running:
        yield running


def stream(text: str, *, finish: bool = True, key: str = "S1", **more: object) -> Json:
    return {"msgtype": "stream", "stream": {"id": key, "finish": finish, "content": text, **more}}


CARD = {"card_type": "button_interaction", "task_id": "t1", "main_title": {"title": "接单？"}}


async def test_verification(sim: Sim) -> None:
    assert (await sim.call("POST", "aibot/verify"))["ok"]


async def test_a_stream_is_asked_for_until_it_is_finished(sim: Sim, bot: JsonBot) -> None:
    def grow(body: Json) -> Json:
        polls = sum(seen["msgtype"] == "stream" for seen in bot.seen)
        return stream("好" * (polls + 1), finish=polls == 3)

    bot.answer = grow
    lines = await sim.say("wang", "你好")
    assert [(line["content"]["text"], line["finished"]) for line in lines] == [("好好好好", True)]
    assert [body["msgtype"] for body in bot.seen] == ["text", "stream", "stream", "stream"]
    first = bot.seen[0]
    assert (first["chattype"], first["from"], first["text"]) == (
        "single",
        {"userid": "wang"},
        {"content": "你好"},
    )
    assert bot.seen[1]["stream"] == {"id": "S1"}
    assert sim.violations == {}


async def test_a_stream_that_never_ends_is_given_up_after_six_minutes(sim: Sim, bot: JsonBot) -> None:
    bot.answer = lambda _: stream("…", finish=False)
    await sim.call("POST", "aibot/rooms/wang/say?wait=answer&timeout=1", {"text": "在吗"})
    await sim.call("POST", "clock", {"advance_seconds": 361})
    await sim.settled()
    assert sim.violations == {"aibot-stream-unfinished": 1}


async def test_a_lost_answer_is_asked_for_again_with_the_same_msgid(sim: Sim, bot: JsonBot) -> None:
    bot.answer = lambda _: stream("好")
    await sim.call("POST", "faults", {"side": "callback", "kind": "drop_response", "count": 1})
    assert len(await sim.say("wang", "你好")) == 1
    assert [body["msgid"] for body in bot.seen] == [bot.seen[0]["msgid"]] * 2
    assert sim.violations == {}


async def test_groups_hear_what_the_bot_was_asked_there(sim: Sim, bot: JsonBot) -> None:
    bot.answer = lambda _: stream("在")
    await sim.call("PUT", "aibot/groups/g1", {"name": "值班群", "members": ["wang", "li"]})
    assert len(await sim.say("g1", "值班表", user="li")) == 1
    assert bot.seen[0]["chattype"] == "group"
    assert bot.seen[0]["chatid"] == "g1"
    assert bot.seen[0]["text"]["content"] == "@AIB1 值班表"
    await sim.call("POST", "aibot/rooms/g1/say", {"text": "x", "user": "zhao"}, status=400)
    await sim.call("POST", "aibot/rooms/g1/say", {"text": "x", "user": "li", "mention": False}, status=400)


async def test_response_url_serves_once_and_within_an_hour(sim: Sim, bot: JsonBot) -> None:
    for text in ("一", "二"):
        await sim.call("POST", "aibot/rooms/wang/say", {"text": text})
        await sim.settled()
    first, second = (body["response_url"] for body in bot.seen)
    said = {"msgtype": "markdown", "markdown": {"content": "**好**"}}

    async def respond(url: str) -> int:
        async with sim.session.post(url, json=said) as response:
            return int((await response.json())["errcode"])

    assert await respond(first) == 0
    assert await respond(first) != 0
    await sim.call("POST", "clock", {"advance_seconds": 3601})
    assert await respond(second) != 0
    assert sim.violations == {"aibot-response-url": 2}


async def test_welcome_and_card_and_feedback(sim: Sim, bot: JsonBot) -> None:
    answers: dict[str, Json | None] = {
        "enter_chat": {"msgtype": "text", "text": {"content": "您好"}},
        "template_card_event": {
            "response_type": "update_template_card",
            "template_card": {**CARD, "main_title": {"title": "已接单"}},
        },
        "feedback_event": None,
    }

    def answer(body: Json) -> Json | None:
        if body["msgtype"] == "event":
            return answers[body["event"]["eventtype"]]
        return {
            **stream("看", feedback={"id": "F1"}),
            "msgtype": "stream_with_template_card",
            "template_card": CARD,
        }

    bot.answer = answer
    entered = await sim.call("POST", "aibot/people/wang/enter?wait=answer&timeout=5")
    assert entered["lines"][0]["content"] == {"text": "您好"}
    lines = await sim.say("wang", "有单吗")
    assert [line["kind"] for line in lines] == ["stream", "template_card"]
    await sim.call("POST", "aibot/rooms/wang/click", {"task_id": "t1", "key": "take"})
    await sim.settled()
    shown = (await sim.call("GET", "aibot/rooms/wang/transcript"))["lines"]
    assert shown[-1]["content"]["main_title"] == {"title": "已接单"}
    rated = {"line": lines[0]["number"], "type": 2}
    await sim.call("POST", "aibot/rooms/wang/rate", rated)
    await sim.settled()
    assert bot.seen[-1]["event"]["feedback_event"] == {"id": "F1", "type": 2}
    assert sim.violations == {}


async def test_a_card_event_is_delivered_once(sim: Sim, bot: JsonBot) -> None:
    bot.answer = lambda body: (
        None if body["msgtype"] == "event" else {"msgtype": "template_card", "template_card": CARD}
    )
    await sim.say("wang", "有单吗")
    await sim.call(
        "POST",
        "faults",
        {"side": "callback", "kind": "drop_response", "path": "aibot:event:template_card_event"},
    )
    await sim.call("POST", "aibot/rooms/wang/click", {"task_id": "t1", "key": "take"})
    await sim.settled()
    assert sum(body["msgtype"] == "event" for body in bot.seen) == 1


@pytest.mark.parametrize(
    "reply",
    [
        {"msgtype": "text", "text": {"content": "文字不能回答消息"}},
        {"msgtype": "stream", "stream": {"id": "", "content": "x"}},
        stream("x" * 20_481),
        {**stream("x"), "extra": 1},
        stream("x", finish=False, msg_item=[{"msgtype": "image"}]),
        stream("x", msg_item=[{"msgtype": "image", "image": {"base64": "QUJD", "md5": "0"}}]),
        {"msgtype": "template_card", "template_card": {"card_type": "button_interaction"}},
        {"msgtype": "template_card", "template_card": {"card_type": "poster"}},
    ],
)
async def test_wrong_replies_are_noticed(sim: Sim, bot: JsonBot, reply: Json) -> None:
    bot.answer = lambda _: reply
    await sim.call("POST", "aibot/rooms/wang/say", {"text": "在吗"})
    await sim.settled()
    assert sim.violations == {"aibot-malformed-reply": 1}


def test_the_reply_envelope_is_read_strictly() -> None:
    envelope = BotEnvelope(token=BOT_TOKEN, cipher=CIPHER)
    sealed = CIPHER.seal(b"{}")
    good = {
        "encrypt": sealed,
        "msgsignature": sign(BOT_TOKEN, "1", "n", sealed),
        "timestamp": 1,
        "nonce": "n",
    }
    assert envelope.unwrap(json.dumps(good).encode(), "n") == b"{}"
    for wrong in ({"timestamp": "1"}, {"nonce": "m"}, {"msgsignature": "0"}, {"more": 1}):
        with pytest.raises(ReplyDefect):
            envelope.unwrap(json.dumps(good | wrong).encode(), "n")


@asynccontextmanager
async def connection(sim: Sim, secret: str = SECRET) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with sim.session.ws_connect(f"{sim.corp_url}/aibot/connect") as socket:
        await ask(socket, "aibot_subscribe", {"bot_id": "AIB1", "secret": secret})
        yield socket


async def ask(socket: aiohttp.ClientWebSocketResponse, cmd: str, body: object, req_id: str = "r1") -> Json:
    await socket.send_json({"cmd": cmd, "headers": {"req_id": req_id}, "body": body})
    answer: Json = await socket.receive_json(timeout=5)
    assert answer["headers"] == {"req_id": req_id}
    return answer


async def test_long_connection_from_subscription_to_answer(linked: Sim) -> None:
    async with connection(linked) as socket:
        assert (await ask(socket, "ping", {}))["errcode"] == 0
        await linked.call("POST", "aibot/rooms/wang/say", {"text": "在吗"})
        frame = await socket.receive_json(timeout=5)
        assert frame["cmd"] == "aibot_msg_callback"
        key = frame["headers"]["req_id"]
        assert (await ask(socket, "aibot_respond_msg", stream("在", finish=False), key))["errcode"] == 0
        await linked.call("POST", "clock", {"advance_seconds": 300})
        assert (await ask(socket, "aibot_respond_msg", stream("在的", finish=False), key))["errcode"] == 0
        await linked.call("POST", "clock", {"advance_seconds": 361})
        assert (await ask(socket, "aibot_respond_msg", stream("在的。"), key))["errcode"] == 846608
        shown = (await linked.call("GET", "aibot/rooms/wang/transcript"))["lines"]
        assert shown[-1]["content"]["text"] == "在的"


async def test_a_wrong_secret_and_an_unsubscribed_connection(linked: Sim) -> None:
    async with linked.session.ws_connect(f"{linked.corp_url}/aibot/connect") as socket:
        assert (await ask(socket, "ping", {}))["errcode"] != 0
        answer = await ask(socket, "aibot_subscribe", {"bot_id": "AIB1", "secret": "wrong"})
        assert answer["errcode"] != 0
    assert linked.violations == {"aibot-bad-secret": 1}


async def test_the_second_connection_ends_the_first(linked: Sim) -> None:
    async with connection(linked) as first, connection(linked):
        told = await first.receive_json(timeout=5)
        assert told["body"]["event"] == {"eventtype": "disconnected_event"}
        assert (await first.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
        assert (await linked.call("GET", "aibot"))["connected"]


async def test_the_bot_speaks_first_only_to_those_who_wrote_and_not_too_often(linked: Sim) -> None:
    said = {"chatid": "wang", "chat_type": 1, "msgtype": "markdown", "markdown": {"content": "早"}}
    async with connection(linked) as socket:
        linked.bot.talk.rooms.single("wang")
        assert (await ask(socket, "aibot_send_msg", said))["errcode"] == 48002
        await linked.call("POST", "aibot/rooms/wang/say", {"text": "在吗"})
        await socket.receive_json(timeout=5)
        codes = [(await ask(socket, "aibot_send_msg", said))["errcode"] for _ in range(31)]
        assert codes == [0] * 30 + [45009]
        await linked.call("POST", "clock", {"advance_seconds": 61})
        assert (await ask(socket, "aibot_send_msg", said))["errcode"] == 0


async def test_a_lost_acknowledgement(linked: Sim) -> None:
    async with connection(linked) as socket:
        await linked.call("POST", "aibot/rooms/wang/say", {"text": "在吗"})
        key = (await socket.receive_json(timeout=5))["headers"]["req_id"]
        rule = {"side": "api", "kind": "reset_after", "path": "aibot:aibot_respond_msg", "count": 1}
        await linked.call("POST", "faults", rule)
        await socket.send_json({"cmd": "aibot_respond_msg", "headers": {"req_id": key}, "body": stream("在")})
        assert (await ask(socket, "ping", {}, "r2"))["errcode"] == 0
        shown = (await linked.call("GET", "aibot/rooms/wang/transcript"))["lines"]
        assert shown[-1]["content"]["text"] == "在"


async def test_uploading_in_pieces(linked: Sim) -> None:
    data = b"0123456789" * 10
    async with connection(linked) as socket:
        start = {
            "type": "file",
            "filename": "a.txt",
            "total_size": 100,
            "total_chunks": 2,
            "md5": hashlib.md5(data).hexdigest(),
        }
        key = (await ask(socket, "aibot_upload_media_init", start))["body"]["upload_id"]
        early = await ask(socket, "aibot_upload_media_finish", {"upload_id": key})
        assert early["errcode"] == 40058
        for index, piece in ((1, data[:60]), (2, data[60:])):
            body = {"upload_id": key, "chunk_index": index, "base64_data": base64.b64encode(piece).decode()}
            assert (await ask(socket, "aibot_upload_media_chunk", body))["errcode"] == 0
        done = await ask(socket, "aibot_upload_media_finish", {"upload_id": key})
        corp = linked.world.corp
        assert corp is not None
        stored = corp.media.get(done["body"]["media_id"], corp.now)
        assert stored is not None
        assert stored.data == data
