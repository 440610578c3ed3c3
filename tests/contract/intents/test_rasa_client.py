"""The client against something that answers as Rasa does, or as it should not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from conversations.errors import Transient
from conversations.guidance import Ending, Guidance, Told
from intents.rasa_service.breaker import FAILURES
from intents.rasa_service.client import LONGEST, RasaClient, as_words

ASKED = Guidance(says=("哪一单？",), asked="order_no")
DONE = Guidance(says=("提交好了",), ending=Ending.DONE)
TOLD = Told(who="official:gh_shop:wang", key="k1")
SECONDS = 1.5
"""How long Rasa may take: longer than a busy machine holds a process up."""
AGAIN = Told(who="official:gh_shop:wang", key="k1", again=True)


class Standin:
    """What is asked is kept; what is answered can be set."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.broken: Callable[[], Awaitable[web.Response]] | None = None

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        self.asked.append((request.path, request.query.get("token", ""), body))
        if self.broken is not None:
            return await self.broken()
        match request.path:
            case "/model/parse":
                return web.json_response(
                    {
                        "intent": {"name": "return_goods", "confidence": 0.9},
                        "intent_ranking": [{"name": "return_goods", "confidence": 0.9}],
                        "entities": [{"entity": "product", "value": "电饭煲", "start": 0, "end": 3}],
                    }
                )
            case "/webhooks/rest/webhook":
                other = {"recipient_id": "t", "text": "not ours"}
                return web.json_response([other, {"recipient_id": "t", "custom": ASKED.to_stored()}])
            case "/conversations/t1/execute":
                return web.json_response({"tracker": {}, "messages": [{"custom": DONE.to_stored()}]})
            case _:
                return web.json_response({"events": self.events})


@pytest.fixture
async def rasa() -> AsyncIterator[tuple[Standin, RasaClient]]:
    standin = Standin()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", standin.handle)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        url = str(server.make_url("")).rstrip("/")
        yield standin, RasaClient(session, url, token="t0ken", parse_seconds=SECONDS, guide_seconds=SECONDS)


Rasa = tuple[Standin, RasaClient]


async def test_a_message_is_read(rasa: Rasa) -> None:
    standin, client = rasa
    parsed = await client.parse("/电饭煲坏了" + "啊" * 900)
    assert (parsed.intent, parsed.confidence) == ("return_goods", 0.9)
    assert [(each.entity, each.text) for each in parsed.entities] == [("product", "电饭煲")]
    (path, token, body) = standin.asked[0]
    assert (path, token) == ("/model/parse", "t0ken")
    assert body["text"].startswith("电饭煲")
    assert len(body["text"]) <= LONGEST


async def test_a_guided_conversation_begins_with_its_intent_and_the_words_beside_it(rasa: Rasa) -> None:
    standin, client = rasa
    assert await client.begin("t1", "return_goods", "我要退货", told=TOLD) == [ASKED]
    assert standin.asked[0][2] == {
        "sender": "t1",
        "message": "/return_goods",
        "metadata": {"key": "k1", "who": "official:gh_shop:wang", "text": "我要退货"},
    }


async def test_what_rasa_has_heard_is_not_told_again(rasa: Rasa) -> None:
    standin, client = rasa
    standin.events = [
        {"event": "user", "metadata": {"key": "k0"}},
        {"event": "bot", "data": {"custom": Guidance(says=("earlier",)).to_stored()}},
        {"event": "user", "metadata": {"key": "k1"}},
        {"event": "slot", "name": "order_no"},
        {"event": "bot", "data": {"custom": ASKED.to_stored()}},
        {"event": "user", "metadata": {"key": "k2"}},
        {"event": "bot", "data": {"custom": Guidance(says=("later",)).to_stored()}},
    ]
    assert await client.tell("t1", "这一单", told=AGAIN) == [ASKED]
    assert [path for path, _, _ in standin.asked] == ["/conversations/t1/tracker"]


async def test_an_end_that_was_cut_off_is_led_to_again(rasa: Rasa) -> None:
    standin, client = rasa
    standin.events = [
        {"event": "active_loop", "name": "return_form"},
        {"event": "user", "metadata": {"key": "k1"}},
        {"event": "active_loop", "name": None},
    ]
    assert await client.tell("t1", "确认", told=AGAIN) == [DONE]
    assert [(path, body) for path, _, body in standin.asked][1:] == [
        ("/conversations/t1/execute", {"name": "action_submit_return_form"})
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/restart", "restart"),
        ("/ /restart", "restart"),
        (" \n/\u3000//restart", "restart"),
        ("3/4 袋", "3/4 袋"),
        ("／restart", "／restart"),
        (" / ", "?"),
        ("", "?"),
    ],
)
def test_nothing_that_a_customer_writes_is_a_command(text: str, words: str) -> None:
    assert as_words(text) == words


async def test_what_it_has_not_heard_is_told(rasa: Rasa) -> None:
    standin, client = rasa
    assert await client.tell("t1", "这一单", told=AGAIN) == [ASKED]
    assert [path for path, _, _ in standin.asked] == ["/conversations/t1/tracker", "/webhooks/rest/webhook"]


async def _error() -> web.Response:
    return web.Response(status=500)


async def _slow() -> web.Response:
    await asyncio.sleep(SECONDS * 10)
    return web.json_response({})


async def _nonsense() -> web.Response:
    return web.Response(text="<html>")


async def _not_ours() -> web.Response:
    return web.json_response([{"custom": {"kind": "guidance"}}])


@pytest.mark.parametrize("broken", [_error, _slow, _nonsense, _not_ours])
async def test_whatever_is_wrong_with_it_is_temporary(
    rasa: Rasa, broken: Callable[[], Awaitable[web.Response]]
) -> None:
    standin, client = rasa
    standin.broken = broken
    with pytest.raises(Transient):
        await client.tell("t1", "这一单", told=TOLD)
    with pytest.raises(Transient):
        await client.parse("你好")


async def test_nobody_waits_for_one_that_keeps_failing(rasa: Rasa) -> None:
    standin, client = rasa
    standin.broken = _error
    for _ in range(FAILURES + 5):
        with pytest.raises(Transient):
            await client.parse("你好")
    assert len(standin.asked) == FAILURES


async def test_one_that_is_too_slow_to_read_may_lead_on_all_the_same(rasa: Rasa) -> None:
    standin, client = rasa
    standin.broken = _slow
    for _ in range(FAILURES):
        with pytest.raises(Transient):
            await client.parse("你好")
    standin.broken = None
    with pytest.raises(Transient, match="a moment ago"):
        await client.parse("你好")
    assert await client.tell("t1", "这一单", told=TOLD) == [ASKED]


async def test_nobody_there_is_temporary_too() -> None:
    async with aiohttp.ClientSession() as session:
        client = RasaClient(session, "http://127.0.0.1:1", token="t", parse_seconds=1, guide_seconds=1)
        with pytest.raises(Transient):
            await client.parse("你好")
