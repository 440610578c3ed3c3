"""A small API of the platforms for tests: scripted answers, and a record of what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = Mapping[str, object] | Callable[[web.Request], Awaitable[web.StreamResponse]]

SEND = "/cgi-bin/message/custom/send"
TOKEN = "/cgi-bin/stable_token"
GETTOKEN = "/cgi-bin/gettoken"
ONLINE = "/cgi-bin/customservice/getonlinekflist"
CREATE_SESSION = "/customservice/kfsession/create"
TYPING = "/cgi-bin/message/custom/typing"

CALL_SECONDS = 3.0
"""A call's time-out: longer than a busy machine holds a process up, and not too long to wait for what stalls."""


@dataclass(frozen=True)
class Asked:
    """One request: ``raw`` is the body as it came over the wire."""

    path: str
    token: str | None
    raw: bytes
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, object]:
        parsed: dict[str, object] = json.loads(self.raw)
        return parsed


@dataclass
class Platform:
    """``answers[path]`` are given in turn, then the usual one for ever."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    token_number: int = 0
    url: str = ""

    def will_answer(self, path: str, *answers: Answer) -> None:
        self.answers.setdefault(path, []).extend(answers)

    def asked_for(self, path: str) -> list[Asked]:
        return [request for request in self.asked if request.path == path]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        self.asked.append(Asked(request.path, request.query.get("access_token"), raw, dict(request.query)))
        waiting = self.answers.get(request.path)
        answer = waiting.pop(0) if waiting else self._usual(request.path, raw)
        return web.json_response(answer) if isinstance(answer, Mapping) else await answer(request)

    def _usual(self, path: str, raw: bytes) -> dict[str, object]:
        if path == GETTOKEN:
            self.token_number = self.token_number or 1
            return {
                "errcode": 0,
                "errmsg": "ok",
                "access_token": f"secret-token-{self.token_number}",
                "expires_in": 7200,
            }
        if path != TOKEN:
            return {"errcode": 0, "errmsg": "ok"}
        self.token_number += self.token_number == 0 or json.loads(raw)["force_refresh"]
        return {"access_token": f"secret-token-{self.token_number}", "expires_in": 7200}


@asynccontextmanager
async def running() -> AsyncIterator[Platform]:
    platform = Platform()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", platform.handle)
    async with TestServer(app) as server:
        platform.url = str(server.make_url("")).rstrip("/")
        yield platform


async def hang_up(request: web.Request) -> web.StreamResponse:
    """Closes the connection after the request was read."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def stall(request: web.Request) -> web.StreamResponse:
    """Answers far too late."""
    await asyncio.sleep(30)
    return web.json_response({"errcode": 0})


async def stall_in_the_middle(request: web.Request) -> web.StreamResponse:
    """Sends the head and half of the body, and then nothing."""
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"errcode":0')
    await asyncio.sleep(30)
    return response


def plain(text: str, status: int = 200) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, status=status)

    return answer


def redirect(location: str) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": location})

    return answer
