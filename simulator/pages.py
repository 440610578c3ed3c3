"""Serves the page and its files under a strict content policy."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: "
        "http://127.0.0.1:* http://localhost:*; "
        "connect-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def add_pages(app: web.Application) -> None:
    """Register the page at ``/`` and its files below ``/static``."""
    app.router.add_get("/", _index)
    app.router.add_get("/favicon.ico", _icon)
    app.router.add_static("/static", STATIC)


async def _index(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(STATIC / "index.html")


async def _icon(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(STATIC / "icon.svg", headers={"Content-Type": "image/svg+xml"})


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Give the page its policy; signal handler of ``on_response_prepare``."""
    if request.path == "/" or request.path.startswith(("/static/", "/favicon")):
        for name, value in PAGE_HEADERS.items():
            response.headers.setdefault(name, value)
