"""The platform's API as far as the bot needs it here: gives tokens, takes custom messages, answers at once."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Heard = Callable[[str, str], None]
"""Told the openid and the text (empty for other kinds) of each message that the bot sends by the API."""


@asynccontextmanager
async def platform_api(heard: Heard) -> AsyncIterator[str]:
    """Serves on a free port of the loopback; the value is its base URL."""
    app = web.Application()
    app.router.add_post("/cgi-bin/stable_token", _token)
    app.router.add_post("/cgi-bin/message/custom/send", _take(heard))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _token(_request: web.Request) -> web.Response:
    return web.json_response({"access_token": "t" * 60, "expires_in": 7200})


def _take(heard: Heard) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def take(request: web.Request) -> web.Response:
        message = json.loads(await request.read())
        heard(message["touser"], message.get("text", {}).get("content", ""))
        return web.Response(text='{"errcode":0,"errmsg":"ok"}', content_type="application/json")

    return take
