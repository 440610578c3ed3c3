"""The control API's part about the corp as a whole: state, tokens, members, verification of the URL."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from simulator.corp.world import CorpWorld
from simulator.requests_in import BadRequest, json_object, json_response


class CorpControl:
    """Handlers below ``/_sim/corp``."""

    def __init__(self, corp: CorpWorld) -> None:
        self._corp = corp

    def add_to(self, app: web.Application) -> None:
        """Register the paths."""
        app.router.add_get("/_sim/corp", self.state)
        app.router.add_post("/_sim/corp/verify", self.verify)
        app.router.add_post("/_sim/corp/tokens/{what:expire|kill}", self.end_tokens)
        app.router.add_put("/_sim/corp/members/{userid}", self.set_member)
        app.router.add_post("/_sim/corp/callback", self.callback)

    async def state(self, _: web.Request) -> web.Response:
        """``GET /_sim/corp``: who it is, its tokens, its members."""
        corp, settings = self._corp, self._corp.settings
        return json_response(
            {
                "corp_id": settings.corp_id,
                "agent_id": settings.agent_id,
                "url": corp.base_url,
                "tokens": {"living": corp.tokens.living(corp.now), "issued": corp.tokens.issued},
                "members": [asdict(member) for member in corp.members],
                "in_flight": corp.pusher.in_flight,
                "settings": asdict(corp.knobs),
            }
        )

    async def verify(self, _: web.Request) -> web.Response:
        """``POST /_sim/corp/verify``: the GET with which the console checks the URL."""
        return json_response(await self._corp.pusher.verify())

    async def end_tokens(self, request: web.Request) -> web.Response:
        """``POST /_sim/corp/tokens/expire`` (42001 from now on) or ``…/kill`` (40014)."""
        tokens, what = self._corp.tokens, request.match_info["what"]
        ended = tokens.expire_all(self._corp.now) if what == "expire" else tokens.kill_all(self._corp.now)
        self._corp.journal.append("corp.tokens", what=what, ended=ended)
        return json_response({"ended": ended})

    async def set_member(self, request: web.Request) -> web.Response:
        """``PUT /_sim/corp/members/{userid} {"name"?, "active"?, "visible"?}``."""
        data = await json_object(request)
        member = self._corp.members.add(
            request.match_info["userid"],
            str(data.get("name", "")),
            active=data.get("active") is not False,
            visible=data.get("visible") is not False,
        )
        return json_response(asdict(member))

    async def callback(self, request: web.Request) -> web.Response:
        """``POST /_sim/corp/callback {"fields": {…}, "row"?}``: push any callback, known or not."""
        data = await json_object(request)
        fields = data.get("fields")
        if not isinstance(fields, dict):
            raise BadRequest("fields must be an object")
        push = self._corp.tell(fields, row=str(data.get("row", "")), on_reply=lambda _: None)
        return json_response({"push": push})
