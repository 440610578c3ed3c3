"""Style sheets and scripts, served from memory under an address with their hash, so that browsers keep them."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from aiohttp import web
from markupsafe import Markup

from console.permissions import Open
from console.web.route import Route
from console.web.visit import BASE, Visit
from conversations.errors import XiaoerError

NODE_MODULES = Path(__file__).parent.parent.parent / "node_modules"
OWN = Path(__file__).parent.parent / "static"
ICONS = NODE_MODULES / "@tabler" / "icons" / "icons" / "outline"

FRONT_END: Mapping[str, Path] = {
    "tabler.css": NODE_MODULES / "@tabler" / "core" / "dist" / "css" / "tabler.min.css",
    "tabler.js": NODE_MODULES / "@tabler" / "core" / "dist" / "js" / "tabler.min.js",
    "htmx.js": NODE_MODULES / "htmx.org" / "dist" / "htmx.min.js",
    "console.css": OWN / "console.css",
    "console.js": OWN / "console.js",
    "theme.js": OWN / "theme.js",
    "logo.svg": OWN / "logo.svg",
}
_FOREVER = "public, max-age=31536000, immutable"
_ICON_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class PackagesMissing(XiaoerError):
    """The front-end packages are not installed."""


class Assets:
    """Raises PackagesMissing when a file is not there."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files: dict[str, _File] = {}
        for name, path in files.items():
            try:
                self._files[name] = _File(name, path.read_bytes())
            except OSError as error:
                raise PackagesMissing(f"{path} is missing: run `make setup`") from error

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError for one that no part of the console has."""
        return f"{BASE}/assets/{self._files[name].version}/{name}"

    def route(self) -> Route:
        return Route(method="GET", path="/assets/{version}/{name}", handler=self._serve, access=Open.PUBLIC)

    async def _serve(self, visit: Visit) -> web.StreamResponse:
        file = self._files.get(visit.request.match_info["name"])
        if file is None or file.version != visit.request.match_info["version"]:
            raise web.HTTPNotFound
        return file.response(zipped="gzip" in visit.request.headers.get("Accept-Encoding", ""))


class _File:
    def __init__(self, name: str, content: bytes) -> None:
        self.version = hashlib.sha256(content).hexdigest()[:16]
        self._kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._content = content
        self._zipped = gzip.compress(content, mtime=0)

    def response(self, *, zipped: bool) -> web.Response:
        headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding", "Content-Type": self._kind}
        if zipped:
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=self._zipped if zipped else self._content, headers=headers)


@lru_cache(maxsize=512)
def icon(name: str, classes: str = "") -> Markup:
    """An icon of @tabler/icons to stand in a page; screen readers pass over it. Raises KeyError for an unknown one."""
    file = ICONS / f"{name}.svg"
    if not _ICON_NAME.fullmatch(name) or not file.is_file():
        raise KeyError(name)
    drawn = file.read_text(encoding="utf-8")
    inner = drawn[drawn.index(">") + 1 :]
    return Markup(  # noqa: S704 - a file of the package, no input
        f'<svg class="icon {classes}" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{inner}'
    )
