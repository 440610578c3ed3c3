"""The console as an application of its own, to be mounted at /console."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from console.ground import Ground
from console.screens import account, audit, home, login, people, second_factor
from console.second_factor.asking import SECOND_FACTOR, ask
from console.settings import ConsoleSettings
from console.web.assets import FRONT_END, Assets
from console.web.errors import errors
from console.web.guard import Cookie, Door
from console.web.headers import headers_signal
from console.web.rendering import Frame, set_up
from console.web.route import Pages, Route
from console.wecom_login import WecomLogin

ROUTES = web.AppKey("routes", tuple[Route, ...])


def create_console(
    settings: ConsoleSettings,
    ground: Ground,
    *,
    shop_name: str,
    public_url: str,
    wecom: WecomLogin | None = None,
    more: Sequence[Pages] = (),
) -> web.Application:
    """``more``: the parts beside the ground's own. Raises PackagesMissing when `make setup` has not run."""
    secure = settings.secure_cookies
    if secure is None:
        secure = public_url.startswith("https://")
    cookie = Cookie(secure=secure)
    acts = {name: title for part in more for name, title in part.acts.items()}
    own = (
        login.pages(ground, cookie, wecom),
        home.pages(),
        people.pages(ground),
        audit.pages(ground, acts),
        account.pages(ground, cookie),
        second_factor.pages(ground),
    )
    parts = (*own[:2], *more, *own[2:])
    static = {name: path for part in parts for name, path in part.static.items()}
    assets = Assets({**FRONT_END, **static})
    entries = tuple(entry for part in parts for entry in part.entries)
    routes = (assets.route(), *(route for part in parts for route in part.routes))

    app = web.Application(middlewares=[errors])
    set_up(app, Frame(shop_name=shop_name, entries=entries, sessions=ground.sessions), assets)
    app.on_response_prepare.append(headers_signal(secure=secure))
    app[SECOND_FACTOR] = ground.second_factor
    door = Door(ground.sessions, cookie, trusted_proxies=settings.trusted_proxies, ask=ask)
    for route in routes:
        app.router.add_route(route.method, route.path, door.guarded(route))
    app[ROUTES] = routes
    return app
