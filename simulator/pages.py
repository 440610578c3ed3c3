"""Serves the page and its assets, and the form styles when they are installed."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
WEUI = Path(__file__).parent.parent / "node_modules" / "weui" / "dist" / "style" / "weui.min.css"

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; "
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
    app.router.add_get("/static/weui.css", _weui)
    app.router.add_static("/static", STATIC)


async def _index(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(STATIC / "index.html")


async def _icon(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(STATIC / "icon.svg", headers={"Content-Type": "image/svg+xml"})


async def _weui(_: web.Request) -> web.StreamResponse:
    if WEUI.is_file():
        return web.FileResponse(WEUI)
    return web.Response(text="", content_type="text/css")


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Give the page its policy; signal handler of ``on_response_prepare``."""
    if request.path == "/" or request.path.startswith(("/static/", "/favicon")):
        for name, value in PAGE_HEADERS.items():
            response.headers.setdefault(name, value)
