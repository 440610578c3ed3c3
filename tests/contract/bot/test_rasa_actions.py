"""``/rasa/actions`` over HTTP: who gets in, and what is not understood."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.rasa_actions import MOST_BYTES, PATH, SECRET_HEADER, RasaActions
from conversations.clock import ManualClock
from handlers.guided.service import GuidedService
from intents.rasa_service import endpoints
from tests.unit.bot.test_rasa_actions import tracker
from tests.unit.handlers.guided.shop import NOON, mall

SECRET = "a made-up secret"
CALL = {"next_action": "action_ask_return_form_reason", "sender_id": "t1", "tracker": tracker("抽纸")}


class Actions:
    """Calls them, as Rasa does."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def call(
        self, body: object, *, secret: str | None = SECRET, path: str = PATH
    ) -> tuple[int, dict[str, Any]]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({} if secret is None else {SECRET_HEADER: secret})
        async with self._session.post(self._url + path, data=io.BytesIO(content), headers=headers) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def actions() -> AsyncIterator[Actions]:
    shop = mall()
    served = RasaActions(GuidedService(shop, shop), ManualClock(NOON), secret=SECRET)

    async def from_elsewhere(request: web.Request) -> web.Response:
        return await served.handle(request.clone(remote="192.0.2.7"))

    app = web.Application(client_max_size=1000)
    app.router.add_post(PATH, served.handle)
    app.router.add_post("/from-elsewhere", from_elsewhere)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        yield Actions(session, str(server.make_url("")).rstrip("/"))


async def test_our_rasa_is_answered_however_long_its_tracker(actions: Actions) -> None:
    status, answer = await actions.call({**CALL, "domain": {"text": "啊" * 200_000}})
    assert status == 200
    assert answer["events"] == []
    assert answer["responses"][0]["custom"]["asked"] == "reason"


async def test_but_not_without_end(actions: Actions) -> None:
    status, _ = await actions.call({**CALL, "domain": "a" * (MOST_BYTES + 1)})
    assert status == 400


@pytest.mark.parametrize("secret", [None, "", "a made-up secre", "另一个".encode().decode("latin-1")])
async def test_nobody_gets_in_without_the_secret(actions: Actions, secret: str | None) -> None:
    status, answer = await actions.call(CALL, secret=secret)
    assert (status, answer) == (403, {"error": "not for you"})


async def test_nobody_gets_in_from_elsewhere(actions: Actions) -> None:
    status, answer = await actions.call(CALL, path="/from-elsewhere")
    assert (status, answer) == (403, {"error": "not for you"})


async def test_an_action_that_we_do_not_have_is_named(actions: Actions) -> None:
    status, answer = await actions.call({**CALL, "next_action": "action_unheard_of"})
    assert (status, answer["action_name"]) == (400, "action_unheard_of")
    assert "error" in answer


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", {}, {"next_action": "validate_return_form"}, {**CALL, "tracker": {}}]
)
async def test_what_is_no_call_is_refused(actions: Actions, body: object) -> None:
    status, answer = await actions.call(body)
    assert (status, answer) == (400, {"error": "not an action call"})


def test_both_sides_name_the_header_alike() -> None:
    assert endpoints.SECRET_HEADER == SECRET_HEADER
