"""The API under the platform's own paths: faults, token check, call counters, and a journal entry for each call."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from simulator import api_account, api_media, api_messages, api_service, api_tokens
from simulator.calls import Call
from simulator.errcodes import ApiError
from simulator.faults import KINDS, Kind, Rule, Side
from simulator.journal import shorten
from simulator.pusher import Pusher
from simulator.world import World

Handler = Callable[[Call], Awaitable[Mapping[str, object] | web.Response]]

MAX_BODY = 12 << 20
_SECRET = re.compile(r'("(?:secret|access_token)"\s*:\s*")([^"]{0,4})[^"]*')


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One path of the API."""

    method: str
    handler: Handler
    needs_token: bool = True


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/token": Endpoint(method="GET", handler=api_tokens.classic, needs_token=False),
    "/cgi-bin/stable_token": Endpoint(method="POST", handler=api_tokens.stable, needs_token=False),
    "/cgi-bin/message/custom/send": Endpoint(method="POST", handler=api_messages.send),
    "/cgi-bin/message/custom/typing": Endpoint(method="POST", handler=api_messages.typing),
    "/cgi-bin/message/template/send": Endpoint(method="POST", handler=api_messages.send_template),
    "/cgi-bin/media/upload": Endpoint(method="POST", handler=api_media.upload),
    "/cgi-bin/media/get": Endpoint(method="GET", handler=api_media.download),
    "/cgi-bin/menu/create": Endpoint(method="POST", handler=api_account.create_menu),
    "/cgi-bin/menu/get": Endpoint(method="GET", handler=api_account.get_menu),
    "/cgi-bin/menu/delete": Endpoint(method="GET", handler=api_account.delete_menu),
    "/cgi-bin/user/info": Endpoint(method="GET", handler=api_account.user_info),
    "/cgi-bin/getcallbackip": Endpoint(method="GET", handler=api_account.callback_addresses),
    "/cgi-bin/clear_quota": Endpoint(method="POST", handler=api_account.clear_quota),
    "/cgi-bin/customservice/getkflist": Endpoint(method="GET", handler=api_service.agents),
    "/cgi-bin/customservice/getonlinekflist": Endpoint(method="GET", handler=api_service.online_agents),
    "/customservice/kfsession/create": Endpoint(method="POST", handler=api_service.open_session),
    "/customservice/kfsession/close": Endpoint(method="POST", handler=api_service.close_session),
    "/customservice/kfsession/getsession": Endpoint(method="GET", handler=api_service.get_session),
    "/customservice/kfsession/getsessionlist": Endpoint(method="GET", handler=api_service.sessions_of_agent),
    "/customservice/kfsession/getwaitcase": Endpoint(method="GET", handler=api_service.waiting),
}


class PlatformApi:
    """Answers the bot's calls."""

    def __init__(self, world: World, pusher: Pusher) -> None:
        self._world = world
        self._pusher = pusher

    def add_to(self, app: web.Application) -> None:
        """Register every path below ``/cgi-bin`` and ``/customservice``."""
        app.router.add_route("*", "/cgi-bin/{rest:.*}", self.handle)
        app.router.add_route("*", "/customservice/{rest:.*}", self.handle)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call from its arrival to its answer, or to the loss of either."""
        started = time.perf_counter()
        faults = self._world.faults.strike(Side.API, KINDS[Side.API], path=request.path)
        if Kind.DELAY in faults:
            await asyncio.sleep(faults[Kind.DELAY].ms / 1000 * self._world.knobs.timeout_scale)
        if Kind.REFUSE in faults:
            return self._cut(request, started, faults, "")
        body = b"" if request.content_type.startswith("multipart/") else await request.read()
        if Kind.BAD_GATEWAY in faults:
            response = web.Response(status=502, text="<html><body><h1>502 Bad Gateway</h1></body></html>")
            self._journal(request, started, faults, body=body, status=502, answer="502 Bad Gateway")
            return response
        answer = await self._answer(request, body, faults)
        if Kind.RESET_AFTER in faults:
            return self._cut(request, started, faults, _show(answer))
        self._journal(request, started, faults, body=body, status=200, answer=_show(answer))
        return answer if isinstance(answer, web.Response) else _json(answer)

    async def _answer(
        self, request: web.Request, body: bytes, faults: Mapping[Kind, Rule]
    ) -> Mapping[str, object] | web.Response:
        now = self._world.clock.epoch()
        if Kind.ERRCODE in faults:
            return ApiError(faults[Kind.ERRCODE].errcode).body()
        try:
            endpoint = self._endpoint(request)
            self._spoil_tokens(faults, now)
            if endpoint.needs_token:
                self._world.tokens.check(request.query.get("access_token"), now)
                self._world.tokens.check_ip(request.remote or "")
            self._world.limits.count(request.path, now)
            call = Call(world=self._world, pusher=self._pusher, request=request, body=body, now=now)
            return await endpoint.handler(call)
        except ApiError as error:
            return error.body()

    def _endpoint(self, request: web.Request) -> Endpoint:
        endpoint = ENDPOINTS.get(request.path)
        if endpoint is None:
            raise ApiError(40066)
        if request.method != endpoint.method:
            raise ApiError(43001 if endpoint.method == "GET" else 43002)
        return endpoint

    def _spoil_tokens(self, faults: Mapping[Kind, Rule], now: float) -> None:
        if Kind.EXPIRE_TOKEN in faults:
            self._world.tokens.expire_all(now)
        if Kind.KILL_TOKEN in faults:
            self._world.tokens.kill_all(now)

    def _cut(
        self, request: web.Request, started: float, faults: Mapping[Kind, Rule], answer: str
    ) -> web.StreamResponse:
        """Reset the connection instead of answering."""
        self._journal(request, started, faults, body=b"", status=0, answer=answer)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=502)

    def _journal(
        self,
        request: web.Request,
        started: float,
        faults: Mapping[Kind, Rule],
        *,
        body: bytes,
        status: int,
        answer: str,
    ) -> None:
        text = body.decode("utf-8", "replace")
        found = re.search(r'"errcode":(-?\d+)', answer)
        self._world.journal.append(
            "api.call",
            self._shopper_in(request, text),
            method=request.method,
            path=request.path,
            status=status,
            errcode=int(found.group(1)) if found else 0,
            latency_ms=round((time.perf_counter() - started) * 1000, 2),
            faults=[kind.value for kind in faults],
            body=_hide(shorten(text)),
            answer=_hide(answer),
        )

    def _shopper_in(self, request: web.Request, text: str) -> str | None:
        found = re.search(r'"(?:touser|openid)"\s*:\s*"([^"]+)"', text)
        openid = found.group(1) if found else request.query.get("openid", "")
        shopper = self._world.shoppers.by_openid(openid)
        return None if shopper is None else shopper.id


def _json(answer: Mapping[str, object]) -> web.Response:
    return web.json_response(answer, dumps=lambda data: json.dumps(data, ensure_ascii=False))


def _show(answer: Mapping[str, object] | web.Response) -> str:
    if isinstance(answer, web.Response):
        return f"({answer.content_type}, {answer.content_length} bytes)"
    return shorten(json.dumps(answer, ensure_ascii=False, separators=(",", ":")))


def _hide(text: str) -> str:
    return _SECRET.sub(r"\1\2…", text)
