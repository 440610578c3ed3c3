"""Puts the simulator together and serves it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from simulator.acts import BadAct
from simulator.aibot.control import AiBotControl
from simulator.aibot.part import AiBot
from simulator.control_api import REFUSALS, Control
from simulator.control_shoppers import ShopperControl
from simulator.corp.controls import add_controls
from simulator.corp.pusher import CorpPusher
from simulator.corp.server import create_corp_app
from simulator.pages import add_headers, add_pages
from simulator.phones import Phones
from simulator.platform_api import MAX_BODY, PlatformApi
from simulator.pusher import Pusher
from simulator.requests_in import Conflict, json_response
from simulator.settings import Settings, is_loopback
from simulator.shoppers import ShopperRefused
from simulator.transport import Wire
from simulator.world import World

WORLD = web.AppKey("world", World)
CORP_APP = web.AppKey("corp_app", web.Application)
PUSHER = web.AppKey("pusher", Pusher)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the simulator listens: the account with the control API, and the corp when there is one."""

    url: str
    corp_url: str | None = None


_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_log = logging.getLogger(__name__)


def create_app(settings: Settings) -> web.Application:
    """The whole simulator as one application; call it where an event loop runs."""
    world = World(settings)
    wire = Wire()
    pusher = Pusher(world, wire)
    app = web.Application(middlewares=[_guard], client_max_size=MAX_BODY)
    app[WORLD], app[PUSHER] = world, pusher
    control = Control(world, pusher)
    control.add_to(app)
    ShopperControl(world, Phones(world, pusher), pusher).add_to(app)
    PlatformApi(world, pusher).add_to(app)
    if world.corp is not None:
        corp_pusher = CorpPusher(world, world.corp, wire)
        world.corp.connect(corp_pusher, wire)
        app[CORP_APP] = create_corp_app(world, world.corp)
        add_controls(app, world.corp)
        world.corp.aibot = AiBot(world, world.corp, wire)
        world.corp.aibot.add_to(app[CORP_APP])
        AiBotControl(world.corp.aibot).add_to(app)
    add_pages(app)
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(control.end_streams)

    async def connections(_: web.Application) -> AsyncIterator[None]:
        yield
        await pusher.stop()
        if world.corp is not None:
            await world.corp.pusher.stop()
            if world.corp.aibot is not None:
                await world.corp.aibot.stop()
        await wire.close()

    app.cleanup_ctx.append(connections)
    return app


@web.middleware
async def _guard(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Refuse other sites' pages (by Host and Origin) and turn refusals into readable JSON."""
    if not _local(request):
        return json_response({"error": "this address serves local callers only"}, status=403)
    try:
        return await handler(request)
    except (ShopperRefused, Conflict) as error:
        return json_response({"error": str(error)}, status=409)
    except (BadAct, *REFUSALS) as error:
        return json_response({"error": str(error)}, status=400)
    except web.HTTPException as error:
        if request.path.startswith("/_sim/"):
            return json_response({"error": error.reason}, status=error.status)
        raise
    except Exception:  # noqa: BLE001 - the one place where a defect becomes an answer
        _log.exception("unexpected error at %s", request.path)
        return json_response({"error": "the simulator has a defect; see its log"}, status=500)


def _local(request: web.Request) -> bool:
    host = urlsplit(f"//{request.host}").hostname or ""
    origin = request.headers.get("Origin")
    return is_loopback(host) and (origin is None or urlsplit(origin).netloc == request.host)


async def serve(settings: Settings, ready: Callable[[Addresses], None], stop: asyncio.Event) -> None:
    """Listen until ``stop`` is set; ``ready`` receives the addresses once."""
    app = create_app(settings)
    world, runners = app[WORLD], [web.AppRunner(app, access_log=None, shutdown_timeout=1.0)]
    if world.corp is not None:
        runners.append(web.AppRunner(app[CORP_APP], access_log=None, shutdown_timeout=1.0))
    try:
        world.base_url = await _listen(runners[0], settings.host, settings.port)
        if world.corp is not None:
            world.corp.base_url = await _listen(runners[1], settings.host, world.corp.settings.port)
        corp_url = None if world.corp is None else world.corp.base_url
        ready(Addresses(url=world.base_url, corp_url=corp_url))
        await stop.wait()
    finally:
        for runner in reversed(runners):
            await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> str:
    """Begin to serve; returns the address with the port that was really taken."""
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{runner.addresses[0][1]}"
