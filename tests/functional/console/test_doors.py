"""Every route names who may come, and the door keeps to it."""

from __future__ import annotations

import pytest

from console.app import ROUTES
from console.permissions import Open, Permission, Role, allows
from console.web.route import Route
from tests.functional.console.serving import ConsoleServer, Visitor

PUBLIC = {("GET", "/login"), ("POST", "/login"), ("GET", "/assets/{version}/{name}")}
NOBODY = "999999"


def at(route: Route) -> str:
    """An address of the route that changes nothing: there is no such account, entry or file."""
    path = route.path.replace(r"{id:\d{1,15}}", NOBODY).replace(r"{seq:\d{1,15}}", NOBODY)
    return "/console" + path.replace("{version}", "0").replace("{name}", "x")


def guarded(console: ConsoleServer) -> list[tuple[Route, Permission]]:
    return [(route, route.access) for route in console.app[ROUTES] if isinstance(route.access, Permission)]


async def test_every_route_of_the_application_is_declared(console: ConsoleServer) -> None:
    declared = {(route.method, route.path) for route in console.app[ROUTES]}
    served = {
        (route.method, getattr(route.resource, "_formatter", "") or route.resource.canonical)
        for route in console.app.router.routes()
        if route.resource is not None
    }
    plain = {
        (method, path.replace(r"{id:\d{1,15}}", "{id}").replace(r"{seq:\d{1,15}}", "{seq}"))
        for method, path in declared
    }
    assert {(method, path.removeprefix("/console") or "/") for method, path in served} == plain
    assert len(declared) == len(console.app[ROUTES])


async def test_what_is_public_stands_here(console: ConsoleServer) -> None:
    public = {(route.method, route.path) for route in console.app[ROUTES] if route.access is Open.PUBLIC}
    assert public == PUBLIC


async def test_without_signing_in_every_other_route_leads_to_the_login(console: ConsoleServer) -> None:
    visitor = console.visitor()
    await visitor.get("/console/login")
    for route, _ in guarded(console):
        seen = await (visitor.get(at(route)) if route.method == "GET" else visitor.post(at(route)))
        assert seen.status == 303, route
        assert seen.location.startswith("/console/login"), route


@pytest.mark.parametrize("role", Role)
async def test_a_role_may_what_the_table_says_and_no_more(console: ConsoleServer, role: Role) -> None:
    await console.hire("boss", Role.ADMIN)
    visitor = await console.enters("lan", role)
    for route, permission in guarded(console):
        if route.path in ("/logout", "/account/sessions/end-all"):
            continue
        seen = await (visitor.get(at(route)) if route.method == "GET" else visitor.post(at(route)))
        if allows([role], permission):
            assert seen.status in (200, 303, 404, 422), (route.path, seen.status)
        else:
            assert seen.status == 403, (route.path, seen.status)
            assert "这里需要另外的权限" in seen.text


async def test_every_unsafe_route_wants_the_token(console: ConsoleServer) -> None:
    visitor = await console.enters("lan", Role.ADMIN, Role.MANAGER, Role.AGENT)
    other = await console.enters("mei", Role.ADMIN)
    unsafe = [route for route in console.app[ROUTES] if route.method not in ("GET", "HEAD")]
    assert unsafe
    for route in unsafe:
        for token in ("", "0" * 64, other.csrf):
            seen = await visitor.post(at(route), {"csrf": token})
            assert seen.status == 403, route
            assert "页面放得太久了" in seen.text
    assert (await visitor.get("/console/")).status == 200, "nothing of it was done"


async def test_the_token_may_come_in_the_header(console: ConsoleServer) -> None:
    visitor = await console.enters("lan", Role.ADMIN)
    assert (await visitor.htmx("/console/audit/verify")).status == 200
    visitor.csrf = "0" * 64
    refused = await visitor.htmx("/console/audit/verify")
    assert refused.status == 403
    assert refused.text.startswith("页面放得太久了")


async def test_other_sites_are_refused_even_with_the_token(console: ConsoleServer) -> None:
    visitor = await console.enters("lan", Role.ADMIN)
    for site in ("cross-site", "same-site"):
        assert (await visitor.post("/console/audit/verify", Sec_Fetch_Site=site)).status == 403
    assert (await visitor.post("/console/audit/verify", Sec_Fetch_Site="same-origin")).status == 200


async def test_a_form_without_any_cookie_is_told_why(console: ConsoleServer) -> None:
    seen = await console.visitor().post("/console/login", {"login": "lan", "password": "x"})
    assert seen.status == 403
    assert "浏览器没有带上登录凭据" in seen.text


async def test_a_session_that_ended_takes_htmx_to_the_login(console: ConsoleServer) -> None:
    visitor = await console.enters("lan", Role.ADMIN)
    console.watch.passes(minutes=60)
    seen = await visitor.htmx("/console/audit/verify")
    assert (seen.status, seen.headers["HX-Redirect"]) == (204, "/console/login")


@pytest.mark.parametrize("path", ["/console/login", "/console/", "/console/nothing", "/console/people"])
async def test_every_answer_tells_browsers_what_they_must_not_do(console: ConsoleServer, path: str) -> None:
    visitor = await console.enters("lan", Role.AGENT)
    headers = (await visitor.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


async def test_no_page_has_a_script_or_a_style_of_its_own(console: ConsoleServer) -> None:
    """The policy would stop them; this says so before a browser does."""
    visitor = await console.enters("lan", Role.ADMIN, Role.MANAGER)
    pages = [route.path for route, _ in guarded(console) if route.method == "GET" and "{" not in route.path]
    for path in pages:
        text = (await visitor.get(f"/console{path}")).text
        assert "<script>" not in text
        assert "<style" not in text
        assert " style=" not in text
        assert not [word for word in (" onclick=", " onsubmit=", " hx-on", "javascript:") if word in text]


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(console: ConsoleServer) -> None:
    seen = await console.visitor().get("/console/login")
    cookie = seen.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


async def test_files_are_kept_for_ever_under_the_address_with_their_hash(console: ConsoleServer) -> None:
    visitor = console.visitor()
    page = (await visitor.get("/console/login")).text
    address = page.partition('stylesheet" href="')[2].partition('"')[0]
    file = await visitor.get(address)
    assert file.status == 200
    assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert file.headers["Content-Type"] == "text/css"
    assert (await visitor.get(address.replace("/assets/", "/assets/0"))).status == 404
    assert (await visitor.get("/console/assets/0/..%2f..%2fsettings.py")).status == 404


async def test_pages_that_are_not_there_or_break_have_words(console: ConsoleServer) -> None:
    visitor = await console.enters("lan", Role.ADMIN)
    missing = await visitor.get("/console/nothing")
    assert missing.status == 404
    assert "这一页不在货架上" in missing.text
    assert (await visitor.request("DELETE", "/console/people")).status == 405


async def test_the_address_without_slash_leads_in(console: ConsoleServer) -> None:
    visitor: Visitor = console.visitor()
    seen = await visitor.get("/console")
    assert (seen.status, seen.location) == (308, "/console/")
