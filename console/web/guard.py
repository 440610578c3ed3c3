"""The door: who asks, may they, and did they mean it. No handler of a page is reached past it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from console.permissions import Open
from console.second_factor.rule import Asked, asked_of
from console.sessions.session import is_derived, new_token
from console.sessions.store import Found, SessionStore
from console.signing_in import Caller
from console.web.addresses import caller_address
from console.web.route import Route
from console.web.visit import BASE, CSRF_FIELD, CSRF_HEADER, Visit

SAFE = frozenset({"GET", "HEAD"})
LOGIN = f"{BASE}/login"
OWN_PASSWORD = f"{BASE}/account/password"
_LONGEST_TOKEN = 100

Ask = Callable[[Visit, Asked], Awaitable[web.StreamResponse | None]]


class NoCookie(web.HTTPForbidden):
    """The form came without the cookie that its page was given."""


class Forged(web.HTTPForbidden):
    """The request does not carry what only our own pages know, or carries that of an earlier session."""


class NotAllowed(web.HTTPForbidden):
    """Signed in, and without the permission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """The one cookie. Secure ones have a name that no subdomain and no page without TLS can set (__Host-)."""

    secure: bool

    @property
    def name(self) -> str:
        return "__Host-xiaoer" if self.secure else "xiaoer_console"

    def put(self, response: web.StreamResponse, token: str) -> None:
        response.set_cookie(self.name, token, path="/", httponly=True, samesite="Lax", secure=self.secure)

    def take(self, response: web.StreamResponse) -> None:
        response.del_cookie(self.name, path="/", httponly=True, samesite="Lax", secure=self.secure)


class Door:
    """``ask``: asks for the second factor; None: go on."""

    def __init__(self, sessions: SessionStore, cookie: Cookie, *, trusted_proxies: int, ask: Ask) -> None:
        self._sessions = sessions
        self._cookie = cookie
        self._trusted_proxies = trusted_proxies
        self._ask = ask

    def guarded(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The route's handler behind the door."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if route.max_body_bytes is not None:
                request = request.clone(client_max_size=route.max_body_bytes)
            token = self._token(request)
            visit = await self._visit(request, token or new_token())
            turned_away = _turned_away(visit, route)
            if turned_away is not None:
                return turned_away
            if request.method not in SAFE:
                if token is None:
                    raise NoCookie
                await _check_csrf(visit)
            asked = asked_of(route.access, route.second_factor)
            if asked is not None and (question := await self._ask(visit, asked)) is not None:
                return question
            response = await route.handler(visit)
            if token is None and not response.prepared and self._cookie.name not in response.cookies:
                self._cookie.put(response, visit.token)
            return response

        return handle

    def _token(self, request: web.Request) -> str | None:
        token = request.cookies.get(self._cookie.name)
        return token if token and len(token) <= _LONGEST_TOKEN else None

    async def _visit(self, request: web.Request, token: str) -> Visit:
        found: Found | None = await self._sessions.find(token)
        address = caller_address(
            request.remote,
            request.headers.getall("X-Forwarded-For", ()),
            trusted_proxies=self._trusted_proxies,
        )
        caller = Caller(address=address, browser=request.headers.get("User-Agent", "")[:200])
        return Visit(request=request, token=token, caller=caller, found=found)


def _turned_away(visit: Visit, route: Route) -> web.Response | None:
    """Where else to go; None: come in. Raises NotAllowed."""
    if isinstance(route.access, Open):
        return None
    if visit.found is None:
        return elsewhere(visit, _login_with_return(visit.request))
    if not visit.account.may(route.access):
        raise NotAllowed
    if visit.account.must_change and not route.before_change:
        return elsewhere(visit, OWN_PASSWORD)
    return None


def elsewhere(visit: Visit, location: str) -> web.Response:
    """Sends the browser to another page, also out of a fragment that htmx asked for."""
    if visit.is_fragment:
        return web.Response(status=204, headers={"HX-Redirect": location})
    return web.Response(status=303, headers={"Location": location})


def _login_with_return(request: web.Request) -> str:
    """Back to where they wanted to go, when that was a page."""
    if request.method not in SAFE or request.headers.get("HX-Request") == "true":
        return LOGIN
    return LOGIN if request.path in (BASE, f"{BASE}/") else f"{LOGIN}?{urlencode({'next': request.path_qs})}"


async def _check_csrf(visit: Visit) -> None:
    """Raises Forged. The header is enough; without it the field of the form is read."""
    request = visit.request
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forged
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        given = (await visit.form()).get(CSRF_FIELD, "")
    if not is_derived(given, visit.token, "csrf"):
        raise Forged
