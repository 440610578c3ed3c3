"""The control API's part about shoppers: create, act, listen, read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import BodyPartReader, web

from simulator.acts import DEEDS
from simulator.phones import Phones
from simulator.pusher import Pusher
from simulator.requests_in import BadRequest, json_object, json_response, whole
from simulator.shoppers import Line, Route, Shopper
from simulator.world import World

_MAX_WAIT = 120
_UPLOAD_KINDS = {"image": "image", "voice": "voice", "video": "video", "shortvideo": "video"}


class ShopperControl:
    """Handlers below ``/_sim/shoppers``."""

    def __init__(self, world: World, phones: Phones, pusher: Pusher) -> None:
        self._world = world
        self._phones = phones
        self._pusher = pusher

    def add_to(self, app: web.Application) -> None:
        """Register the paths."""
        one = "/_sim/shoppers/{shopper}"
        app.router.add_get("/_sim/shoppers", self.list)
        app.router.add_post("/_sim/shoppers", self.create)
        app.router.add_get(one, self.show)
        app.router.add_delete(one, self.remove)
        app.router.add_get(one + "/transcript", self.transcript)
        app.router.add_post(one + "/agent-say", self.agent_say)
        app.router.add_post(one + "/agent-close", self.agent_close)
        app.router.add_post(one + "/{act}", self.act)

    async def list(self, request: web.Request) -> web.Response:
        """``GET /_sim/shoppers?limit=&offset=``."""
        offset = whole(request.query, "offset", 0, 0, 10**9)
        limit = whole(request.query, "limit", 1000, 1, 10_000)
        now = self._world.clock.epoch()
        shoppers = [*self._world.shoppers][offset : offset + limit]
        return json_response(
            {"total": len(self._world.shoppers), "shoppers": [item.as_json(now) for item in shoppers]}
        )

    async def create(self, request: web.Request) -> web.Response:
        """``POST /_sim/shoppers {"id", "nickname"?, "following"?}``."""
        data = await json_object(request)
        nickname = data.get("nickname")
        shopper = self._world.shoppers.ensure(
            str(data.get("id", "")),
            nickname=nickname[:40] if isinstance(nickname, str) else None,
            following=data.get("following") is not False,
        )
        self._announce(shopper)
        return json_response(shopper.as_json(self._world.clock.epoch()), status=201)

    async def show(self, request: web.Request) -> web.Response:
        """``GET /_sim/shoppers/{id}``."""
        return json_response(self._known(request).as_json(self._world.clock.epoch()))

    async def remove(self, request: web.Request) -> web.Response:
        """``DELETE /_sim/shoppers/{id}``."""
        self._world.shoppers.remove(request.match_info["shopper"])
        return json_response({"ok": True})

    async def transcript(self, request: web.Request) -> web.Response:
        """``GET /_sim/shoppers/{id}/transcript?after=``."""
        after = whole(request.query, "after", 0, 0, 10**12)
        shopper = self._known(request)
        lines = [line.as_json() for line in shopper.lines_after(after)]
        return json_response({"shopper": shopper.as_json(self._world.clock.epoch()), "lines": lines})

    async def act(self, request: web.Request) -> web.Response:
        """``POST /_sim/shoppers/{id}/{act}?wait=answer&timeout=``; a new id creates the shopper."""
        name = request.match_info["act"]
        if name not in DEEDS:
            raise BadRequest(f"there is no act {name!r}; there are {', '.join(DEEDS)}")
        data = await self._act_data(request, name)
        shopper = self._shopper(request, following=name != "follow")
        wait = request.query.get("wait") == "answer"
        heard = shopper.next_heard() if wait else None
        done = self._phones.act(shopper, name, data)
        answer: dict[str, object] = {
            "msgid": done.msg_id,
            "push": done.push_id,
            "line": done.line.number,
            "openid": shopper.openid,
        }
        if heard is not None:
            line = await self._first_heard(heard, whole(request.query, "timeout", 20, 1, _MAX_WAIT))
            answer["heard"] = None if line is None else line.as_json()
        return json_response(answer)

    async def agent_say(self, request: web.Request) -> web.Response:
        """``POST …/agent-say {"text"}``: the platform's own agent writes; needs an open session."""
        shopper, data = self._known(request), await json_object(request)
        session = self._world.agents.serving(shopper.openid, self._world.clock.epoch())
        words = data.get("text")
        if session is None or not isinstance(words, str) or not words:
            raise BadRequest("needs text and an open session with an agent")
        session.last_word = self._world.clock.epoch()
        line = self._world.note(shopper, Route.AGENT, "text", {"text": words, "agent": session.account})
        return json_response({"line": line.number})

    async def agent_close(self, request: web.Request) -> web.Response:
        """``POST …/agent-close``: the agent ends the session; the bot is told by an event."""
        shopper = self._known(request)
        session = self._world.agents.sessions.pop(shopper.openid, None)
        if session is None:
            raise BadRequest("there is no open session")
        push = self._pusher.tell_event(shopper, "kf_close_session", KfAccount=session.account)
        return json_response({"push": push})

    async def _act_data(self, request: web.Request, name: str) -> Mapping[str, object]:
        if not request.content_type.startswith("multipart/"):
            return await json_object(request)
        if name not in _UPLOAD_KINDS:
            raise BadRequest(f"{name} takes JSON")
        reader = await request.multipart()
        async for part in reader:
            if isinstance(part, BodyPartReader) and part.filename:
                content_type = part.headers.get("Content-Type", "application/octet-stream")
                data = bytes(await part.read())
                return self._phones.store_upload(_UPLOAD_KINDS[name], content_type, data)
        raise BadRequest("the form holds no file")

    async def _first_heard(self, heard: asyncio.Future[Line], seconds: int) -> Line | None:
        try:
            async with asyncio.timeout(seconds):
                return await heard
        except TimeoutError:
            return None

    def _known(self, request: web.Request) -> Shopper:
        return self._world.shoppers.get(request.match_info["shopper"])

    def _shopper(self, request: web.Request, *, following: bool) -> Shopper:
        before = len(self._world.shoppers)
        shopper = self._world.shoppers.ensure(request.match_info["shopper"], following=following)
        if len(self._world.shoppers) != before:
            self._announce(shopper)
        return shopper

    def _announce(self, shopper: Shopper) -> None:
        self._world.journal.append(
            "shopper", shopper.id, nickname=shopper.nickname, following=shopper.following
        )
