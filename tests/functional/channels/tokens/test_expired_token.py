"""Many calls meet a token that ran out (WeCom 91039): it is fetched once, and no call is lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.calls import Answered
from channels.tokens import TokenKeeper
from channels.wecom.api import QyApi
from channels.wecom.gettoken import GetToken
from tests.functional.channels.tokens.caller import settings
from tests.patience import PATIENCE
from tests.servers.processes import die_with

ROOT = Path(__file__).parents[4]
CALLS = 20


@dataclass
class Platform:
    """Gives out the same token until it is told that it has run out. ``expired`` is the errcode for an old one.

    ``fetches`` counts gettoken, ``refused`` the calls with an old token. Calls wait until ``together`` of them with
    an old token are there, so that all of them learn of it at once.
    """

    expired: int = 42001
    number: int = 1
    fetches: int = 0
    refused: int = 0
    together: int = 1
    url: str = ""
    _all_here: asyncio.Event = field(default_factory=asyncio.Event)

    def runs_out(self, *, together: int) -> None:
        self.number += 1
        self.refused, self.together = 0, together
        self._all_here = asyncio.Event()

    async def gettoken(self, _request: web.Request) -> web.Response:
        self.fetches += 1
        return web.json_response(
            {"errcode": 0, "errmsg": "ok", "access_token": f"token-{self.number}", "expires_in": 7200}
        )

    async def any(self, request: web.Request) -> web.Response:
        if request.query["access_token"] == f"token-{self.number}":
            return web.json_response({"errcode": 0, "errmsg": "ok"})
        self.refused += 1
        if self.refused >= self.together:
            self._all_here.set()
        await self._all_here.wait()
        return web.json_response({"errcode": self.expired, "errmsg": "access_token expired"})


@pytest.fixture(params=[42001, 40014])
async def platform(request: pytest.FixtureRequest) -> AsyncIterator[Platform]:
    serving = Platform(expired=request.param)
    app = web.Application()
    app.router.add_get("/cgi-bin/gettoken", serving.gettoken)
    app.router.add_get("/cgi-bin/any", serving.any)
    async with TestServer(app) as server:
        serving.url = str(server.make_url("")).rstrip("/")
        yield serving


async def test_twenty_calls_of_one_process_fetch_one_token(platform: Platform) -> None:
    async with aiohttp.ClientSession() as session:
        ours = settings(platform.url)
        api = QyApi(ours, session, TokenKeeper(GetToken(ours, session)))
        for expected in (1, 2, 3):
            results = await asyncio.gather(*(api.call("cgi-bin/any") for _ in range(CALLS)))
            assert [result.code for result in results if isinstance(result, Answered)] == [0] * CALLS
            assert platform.fetches == expected
            assert platform.refused == (0 if expected == 1 else CALLS)
            platform.runs_out(together=CALLS)


@asynccontextmanager
async def caller(platform: Platform, redis_url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.functional.channels.tokens.caller", platform.url, redis_url),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=die_with(os.getpid(), signal.SIGKILL),
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), PATIENCE)


async def codes(process: asyncio.subprocess.Process, calls: int) -> list[object]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{calls}\n".encode())
    line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
    return list(json.loads(line))


async def test_twenty_calls_of_each_of_two_processes_fetch_one_token(
    platform: Platform, redis_url: str
) -> None:
    async with caller(platform, redis_url) as one, caller(platform, redis_url) as two:
        assert [*await asyncio.gather(codes(one, 1), codes(two, 1))] == [[0], [0]]
        assert platform.fetches == 1
        platform.runs_out(together=2 * CALLS)
        found = await asyncio.gather(codes(one, CALLS), codes(two, CALLS))
        assert [*found] == [[0] * CALLS] * 2
        assert (platform.fetches, platform.refused) == (2, 2 * CALLS)
