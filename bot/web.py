"""The web application: callbacks, health, metrics, the console."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.rasa_actions import PATH as RASA_ACTIONS
from bot.webhooks import Webhook
from conversations.address import Channel

log = structlog.get_logger()

Check = Callable[[], Awaitable[str]]
"""Returns what is wrong, in a few words; empty when all is well."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_app(
    *,
    max_body_bytes: int,
    webhooks: Mapping[Channel, Webhook],
    checks: Mapping[str, Check],
    before_metrics: Callable[[], Awaitable[None]],
    without: Mapping[str, Check] | None = None,
    console: web.Application | None = None,
    rasa_actions: Handler | None = None,
    events: Mapping[str, tuple[str, Handler]] | None = None,
) -> web.Application:
    """``checks`` are what customers cannot be answered without; ``without``: what they are answered worse without.

    ``events``: by path, where the shop's systems tell events.
    """
    app = web.Application(middlewares=[_errors], client_max_size=max_body_bytes)
    for channel, webhook in webhooks.items():
        resource = app.router.add_resource(f"/callback/{channel}")
        resource.add_route("GET", webhook.verify)
        resource.add_route("POST", webhook.receive)
    app.router.add_get("/healthz", _alive)
    app.router.add_get("/readyz", _ready(checks, without or {}))
    app.router.add_get("/metrics", _metrics(before_metrics))
    if rasa_actions is not None:
        app.router.add_post(RASA_ACTIONS, rasa_actions)
    for path, (method, handler) in (events or {}).items():
        app.router.add_route(method, path, handler)
    if console is not None:
        app.router.add_get("/console", _to_console)
        app.add_subapp("/console", console)
    return app


async def _to_console(_request: web.Request) -> web.Response:
    return web.Response(status=308, headers={"Location": "/console/"})


async def _alive(_request: web.Request) -> web.Response:
    return web.json_response({"alive": True})


def _ready(checks: Mapping[str, Check], without: Mapping[str, Check]) -> Handler:
    """``{"ready": true, "checks": {"database": "ok", …}, "degraded": ["rasa"]}``; 503 when it is not ready."""

    async def ready(_request: web.Request) -> web.Response:
        problems = {name: await check() for name, check in (*checks.items(), *without.items())}
        good = not any(problems[name] for name in checks)
        body = {
            "ready": good,
            "checks": {name: problem or "ok" for name, problem in problems.items()},
            "degraded": [name for name in without if problems[name]],
        }
        return web.json_response(body, status=200 if good else 503)

    return ready


def _metrics(before: Callable[[], Awaitable[None]]) -> Handler:
    async def metrics(_request: web.Request) -> web.Response:
        await before()
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return metrics


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The last net: whatever went wrong is one line in the log and an empty 500; the platform will come again."""
    began = time.perf_counter()
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except (ConnectionError, TimeoutError) as error:
        log.info("web.connection_lost", path=request.path, error=type(error).__name__)
        raise
    except SQLAlchemyError as error:
        log.error("web.database_failed", path=request.path, error=type(error).__name__)
    except Exception as error:
        log.exception("web.failed", path=request.path, error=type(error).__name__)
    return web.Response(status=500, text="", headers={"X-Seconds": f"{time.perf_counter() - began:.3f}"})
