"""Pictures at plain addresses: what members send as PicUrl, and what media/uploadimg returned."""

from __future__ import annotations

from aiohttp import web

from simulator.corp.world import CorpWorld


class PublicPictures:
    """``GET /_media/{media_id}`` on the corp's port, without a token."""

    def __init__(self, corp: CorpWorld) -> None:
        self._corp = corp

    def add_to(self, app: web.Application) -> None:
        """Register the path."""
        app.router.add_get("/_media/{media}", self.show)

    async def show(self, request: web.Request) -> web.Response:
        """The bytes of a living file; 404 for any other."""
        stored = self._corp.media.get(request.match_info["media"], self._corp.now)
        if stored is None:
            raise web.HTTPNotFound
        return web.Response(body=stored.data, content_type=stored.content_type)
