"""The control API's part about the bot: what people do and what they see (docs/simulator.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping

from aiohttp import web

from simulator.aibot.exchange import Exchange
from simulator.aibot.part import AiBot
from simulator.aibot.rooms import NoSuchThing, Room
from simulator.requests_in import BadRequest, json_object, json_response, whole

_GLANCE = 0.02


class AiBotControl:
    """Handlers below ``/_sim/aibot``."""

    def __init__(self, bot: AiBot) -> None:
        self._bot = bot

    def add_to(self, app: web.Application) -> None:
        """Register the paths."""
        room = "/_sim/aibot/rooms/{room}"
        app.router.add_get("/_sim/aibot", self.state)
        app.router.add_post("/_sim/aibot/verify", self.verify)
        app.router.add_put("/_sim/aibot/groups/{room}", self.set_group)
        app.router.add_post("/_sim/aibot/people/{user}/enter", self.enter)
        app.router.add_get(room + "/transcript", self.transcript)
        app.router.add_post(room + "/say", self.say)
        app.router.add_post(room + "/click", self.click)
        app.router.add_post(room + "/rate", self.rate)

    async def state(self, _: web.Request) -> web.Response:
        """``GET /_sim/aibot``: how the bot is reached, and every conversation."""
        bot = self._bot
        return json_response(
            {
                "id": bot.talk.bot_id,
                "connected": bot.link.connected,
                "callback_url": None if bot.pusher is None else bot.pusher.url,
                "in_flight": 0 if bot.pusher is None else bot.pusher.in_flight,
                "rooms": [room.as_json() for room in bot.talk.rooms.all()],
            }
        )

    async def verify(self, _: web.Request) -> web.Response:
        """``POST /_sim/aibot/verify``: the GET with which the console checks the URL."""
        if self._bot.pusher is None:
            raise BadRequest("the bot has no callback URL")
        return json_response(await self._bot.pusher.verify())

    async def set_group(self, request: web.Request) -> web.Response:
        """``PUT /_sim/aibot/groups/{chatid} {"name"?, "members"}``: an internal group with the bot in it."""
        data, key = await json_object(request), request.match_info["room"]
        members = data.get("members")
        if not isinstance(members, list) or not members:
            raise BadRequest("members must be a list of userids")
        room = self._bot.talk.rooms.set_group(key, str(data.get("name", key)), {str(m) for m in members})
        return json_response(room.as_json())

    async def enter(self, request: web.Request) -> web.Response:
        """``POST /_sim/aibot/people/{userid}/enter``."""
        await self._bot.enter(request.match_info["user"])
        return await self._heard(request, self._bot.talk.rooms.single(request.match_info["user"]))

    async def transcript(self, request: web.Request) -> web.Response:
        """``GET …/transcript?after=``: the lines on the screens."""
        after = whole(request.query, "after", 0, 0, 10**9)
        lines = [line.as_json() for line in self._room(request).lines if line.number > after]
        return json_response({"lines": lines})

    async def say(self, request: web.Request) -> web.Response:
        """``POST …/say {"text", "user"? (of a group), "mention"?}`` or ``{"msgtype", "content"}``.

        Without ``mention`` in a group the bot hears nothing. ``?wait=answer&timeout=`` waits for a finished line.
        """
        data, room = await json_object(request), self._room(request, make=True)
        user = str(data.get("user") or (room.id if room.single else ""))
        msgtype, content = _content(data, mention="" if room.single else f"@{self._bot.talk.bot_id} ")
        if not room.single and data.get("mention") is False:
            raise BadRequest("the platform tells the bot nothing that does not mention it")
        before = len(room.lines) and room.lines[-1].number
        exchange = await self._refusing(self._bot.say(room, user, msgtype, content))
        return await self._heard(request, room, before=before, told=exchange is not None)

    async def click(self, request: web.Request) -> web.Response:
        """``POST …/click {"user"?, "task_id", "key", "selected"?}``."""
        data, room = await json_object(request), self._room(request)
        user = str(data.get("user") or room.id)
        clicked = self._bot.click(
            room, user, str(data.get("task_id")), str(data.get("key")), data.get("selected")
        )
        await self._refusing(clicked)
        return await self._heard(request, room)

    async def rate(self, request: web.Request) -> web.Response:
        """``POST …/rate {"user"?, "line", "type": 1|2|3, "content"?, "inaccurate_reason_list"?}``."""
        data, room = await json_object(request), self._room(request)
        line, kind = data.get("line"), data.get("type", 1)
        if not isinstance(line, int) or kind not in (1, 2, 3):
            raise BadRequest("line must be a number and type 1, 2 or 3")
        details: dict[str, object] = {"type": kind}
        details |= {name: data[name] for name in ("content", "inaccurate_reason_list") if name in data}
        await self._refusing(self._bot.rate(room, str(data.get("user") or room.id), line, details))
        return await self._heard(request, room)

    def _room(self, request: web.Request, *, make: bool = False) -> Room:
        rooms, key = self._bot.talk.rooms, request.match_info["room"]
        try:
            return rooms.get(key)
        except NoSuchThing as error:
            if make:
                return rooms.single(key)
            raise BadRequest(str(error)) from error

    async def _refusing(self, act: Awaitable[Exchange | None]) -> Exchange | None:
        try:
            return await act
        except NoSuchThing as error:
            raise BadRequest(str(error)) from error

    async def _heard(
        self, request: web.Request, room: Room, *, before: int | None = None, told: bool = True
    ) -> web.Response:
        start = before if before is not None else (len(room.lines) and room.lines[-1].number)
        if request.query.get("wait") == "answer" and told:
            try:
                async with asyncio.timeout(whole(request.query, "timeout", 20, 0, 400)):
                    await self._answered(room, start)
            except TimeoutError:
                pass
        lines = [line.as_json() for line in room.lines if line.number > start]
        return json_response({"told": told, "lines": lines})

    async def _answered(self, room: Room, after: int) -> None:
        while True:
            said = [line for line in room.lines if line.number > after and line.who == "bot"]
            if said and all(line.finished for line in said):
                return
            await asyncio.sleep(_GLANCE)


def _content(data: Mapping[str, object], *, mention: str) -> tuple[str, dict[str, object]]:
    if "msgtype" in data:
        content = data.get("content")
        if not isinstance(content, dict):
            raise BadRequest("content must be an object")
        return str(data["msgtype"]), content
    text = data.get("text")
    if not isinstance(text, str) or not text:
        raise BadRequest("text must be text that is not empty")
    return "text", {"content": mention + text}
