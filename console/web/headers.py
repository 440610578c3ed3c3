"""What browsers are told about every answer of the console."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",  # Tabler's style sheet draws its marks so
    "font-src 'self'",
    "connect-src 'self'",
    "media-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
_HEADERS = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # Pages hold personal data; files with a hash in their address say otherwise themselves.
    "Cache-Control": "no-store",
}
_A_YEAR = "max-age=31536000"


def headers_signal(*, secure: bool) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """A handler of ``on_response_prepare``."""
    headers = {**_HEADERS, **({"Strict-Transport-Security": _A_YEAR} if secure else {})}

    async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
        for name, value in headers.items():
            response.headers.setdefault(name, value)

    return add_headers
