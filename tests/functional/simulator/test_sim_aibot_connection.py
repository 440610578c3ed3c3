"""The long connection of the 智能机器人: subscribing, answering, being kicked, limits, uploads."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.functional.simulator.aibot_world import (
    SECRET,
    Json,
    Sim,
    simulator,
    stream,
)
from tests.patience import PATIENCE


@pytest.fixture
async def linked() -> AsyncIterator[Sim]:
    """Without a callback URL: only the long connection."""
    async with simulator("") as running:
        yield running


@asynccontextmanager
async def connection(sim: Sim, secret: str = SECRET) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with sim.session.ws_connect(f"{sim.corp_url}/aibot/connect") as socket:
        await ask(socket, "aibot_subscribe", {"bot_id": "AIB1", "secret": secret})
        yield socket


async def ask(socket: aiohttp.ClientWebSocketResponse, cmd: str, body: object, req_id: str = "r1") -> Json:
    await socket.send_json({"cmd": cmd, "headers": {"req_id": req_id}, "body": body})
    answer: Json = await socket.receive_json(timeout=PATIENCE)
    assert answer["headers"] == {"req_id": req_id}
    return answer


async def test_long_connection_from_subscription_to_answer(linked: Sim) -> None:
    async with connection(linked) as socket:
        assert (await ask(socket, "ping", {}))["errcode"] == 0
        await linked.call("POST", "aibot/rooms/wang/say", {"text": "在吗"})
        frame = await socket.receive_json(timeout=PATIENCE)
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
        told = await first.receive_json(timeout=PATIENCE)
        assert told["body"]["event"] == {"eventtype": "disconnected_event"}
        assert (await first.receive(timeout=PATIENCE)).type is aiohttp.WSMsgType.CLOSE
        assert (await linked.call("GET", "aibot"))["connected"]


async def test_the_bot_speaks_first_only_to_those_who_wrote_and_not_too_often(linked: Sim) -> None:
    said = {"chatid": "wang", "chat_type": 1, "msgtype": "markdown", "markdown": {"content": "早"}}
    async with connection(linked) as socket:
        linked.bot.talk.rooms.single("wang")
        assert (await ask(socket, "aibot_send_msg", said))["errcode"] == 48002
        await linked.call("POST", "aibot/rooms/wang/say", {"text": "在吗"})
        await socket.receive_json(timeout=PATIENCE)
        codes = [(await ask(socket, "aibot_send_msg", said))["errcode"] for _ in range(31)]
        assert codes == [0] * 30 + [45009]
        await linked.call("POST", "clock", {"advance_seconds": 61})
        assert (await ask(socket, "aibot_send_msg", said))["errcode"] == 0


async def test_a_lost_acknowledgement(linked: Sim) -> None:
    async with connection(linked) as socket:
        await linked.call("POST", "aibot/rooms/wang/say", {"text": "在吗"})
        key = (await socket.receive_json(timeout=PATIENCE))["headers"]["req_id"]
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
