"""Serves the corp's API: faults, token, address and frequency checks, and a journal entry for each call."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Mapping

from aiohttp import web

from simulator.corp.calls import CorpCall
from simulator.corp.endpoint import Answer, Endpoint
from simulator.corp.endpoints import ENDPOINTS
from simulator.corp.errcodes import CorpError
from simulator.corp.world import CorpWorld
from simulator.faults import KINDS, Kind, Rule, Side
from simulator.journal import shorten
from simulator.world import World

MAX_BODY = 24 << 20
_SECRET = re.compile(r'("access_token"\s*:\s*")([^"]{0,4})[^"]*')
_ERRCODE = re.compile(r'"errcode":\s*(-?\d+)')
_PERSON = re.compile(r'"(?:touser|external_userid)"\s*:\s*"([^"]+)"')
_log = logging.getLogger(__name__)


class CorpApi:
    """Answers the bot's calls on the corp's own port."""

    def __init__(self, world: World, corp: CorpWorld) -> None:
        self._world = world
        self._corp = corp

    def add_to(self, app: web.Application) -> None:
        """Register every path below ``/cgi-bin``."""
        app.router.add_route("*", "/cgi-bin/{rest:.*}", self.handle)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call from its arrival to its answer, or to the loss of either."""
        started = time.perf_counter()
        faults = self._world.faults.strike(Side.API, KINDS[Side.API], path=request.path)
        if Kind.DELAY in faults:
            await asyncio.sleep(faults[Kind.DELAY].ms / 1000 * self._world.knobs.timeout_scale)
        if Kind.REFUSE in faults:
            return self._cut(request, started, faults, b"", "")
        body = b"" if request.content_type.startswith("multipart/") else await request.read()
        if Kind.BAD_GATEWAY in faults:
            response = web.Response(status=502, text="<html><body><h1>502 Bad Gateway</h1></body></html>")
            self._journal(request, started, faults, body=body, status=502, answer="502 Bad Gateway")
            return response
        answer = await self._answer(request, body, faults)
        if Kind.RESET_AFTER in faults:
            return self._cut(request, started, faults, body, _show(answer))
        self._journal(request, started, faults, body=body, status=200, answer=_show(answer))
        return answer if isinstance(answer, web.Response) else _json(answer)

    async def _answer(self, request: web.Request, body: bytes, faults: Mapping[Kind, Rule]) -> Answer:
        now, ip = self._corp.now, request.remote or ""
        if Kind.ERRCODE in faults:
            return CorpError(faults[Kind.ERRCODE].errcode).body(ip)
        try:
            endpoint = _endpoint(request)
            if Kind.EXPIRE_TOKEN in faults:
                self._corp.tokens.expire_all(now)
            if Kind.KILL_TOKEN in faults:
                self._corp.tokens.kill_all(now)
            if endpoint.needs_token:
                self._corp.tokens.check(request.query.get("access_token"), now)
                self._corp.tokens.check_ip(ip)
            self._corp.limits.count(request.path, now)
            call = CorpCall(
                world=self._world, corp=self._corp, request=request, body=body, now=now, faults=faults
            )
            return await endpoint.handler(call)
        except CorpError as error:
            return error.body(ip)
        except Exception:  # noqa: BLE001 - the one place where a defect becomes an answer
            _log.exception("unexpected error at %s", request.path)
            self._world.violate("simulator-defect", detail=request.path)
            return CorpError(-1, "the simulator has a defect; see its log").body(ip)

    def _cut(
        self,
        request: web.Request,
        started: float,
        faults: Mapping[Kind, Rule],
        body: bytes,
        answer: str,
    ) -> web.StreamResponse:
        """Reset the connection instead of answering."""
        self._journal(request, started, faults, body=body, status=0, answer=answer)
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
        errcode, person = _ERRCODE.search(answer), _PERSON.search(text)
        self._world.journal.append(
            "corp.call",
            self._name(person.group(1)) if person else None,
            method=request.method,
            path=request.path,
            status=status,
            errcode=int(errcode.group(1)) if errcode else 0,
            latency_ms=round((time.perf_counter() - started) * 1000, 2),
            faults=[kind.value for kind in faults],
            body=shorten(text),
            answer=_SECRET.sub(r"\1\2…", shorten(answer)),
        )

    def _name(self, person: str) -> str:
        """A customer's name in the simulator; others keep their ids."""
        customer = self._corp.kefu.customers.by_external_userid(person)
        return person if customer is None else customer.name


def _endpoint(request: web.Request) -> Endpoint:
    endpoint = ENDPOINTS.get(request.path)
    if endpoint is None:
        raise CorpError(40066)
    if request.method != endpoint.method:
        raise CorpError(43001 if endpoint.method == "GET" else 43002)
    return endpoint


def _json(answer: Mapping[str, object]) -> web.Response:
    return web.json_response(answer, dumps=lambda data: json.dumps(data, ensure_ascii=False))


def _show(answer: Answer) -> str:
    if isinstance(answer, web.Response):
        return f"({answer.content_type}, {answer.content_length} bytes)"
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
