"""The control API's part about the app: members' phones and acts, chats, robots, menu."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiohttp import BodyPartReader, web

from simulator.corp.errcodes import CorpError
from simulator.corp.members import Member
from simulator.corp.world import CorpWorld
from simulator.corpapp.desk import CardOnPhone
from simulator.corpapp.handsets import HandsetLine
from simulator.corpapp.robots import STATES, Robot
from simulator.corpapp.staff import Staff
from simulator.requests_in import BadRequest, json_object, json_response, number, whole

_MAX_WAIT = 120
_FILES = ("image", "voice", "video")


class AppControl:
    """Handlers below ``/_sim/corpapp``."""

    def __init__(self, corp: CorpWorld) -> None:
        self._corp = corp
        self._staff = Staff(corp)

    def add_to(self, app: web.Application) -> None:
        """Register the paths."""
        one = "/_sim/corpapp/members/{userid}"
        app.router.add_get("/_sim/corpapp", self.state)
        app.router.add_patch("/_sim/corpapp", self.change)
        app.router.add_get(one, self.phone)
        app.router.add_post(one + "/{act}", self.act)
        app.router.add_get("/_sim/corpapp/chats", self.chats)
        app.router.add_post("/_sim/corpapp/chats", self.add_chat)
        app.router.add_get("/_sim/corpapp/robots", self.robots)
        app.router.add_put("/_sim/corpapp/robots/{key}", self.set_robot)

    async def state(self, _: web.Request) -> web.Response:
        """``GET /_sim/corpapp``: the app, its menu, its members with the count and the last number of their lines."""
        app = self._corp.app
        members = [
            {**_member(member), **_extent(app.handsets.lines(member.userid))} for member in self._corp.members
        ]
        return json_response(
            {
                "agent_id": app.agent_id,
                "name": app.name,
                "menu": app.menu,
                "root_visible": app.chats.root_visible,
                "account_limit": app.messages.account_limit,
                "members": members,
                "chats": [chat.as_json() for chat in app.chats.chats.values()],
            }
        )

    async def change(self, request: web.Request) -> web.Response:
        """``PATCH /_sim/corpapp {"root_visible"?, "account_limit"?}``.

        Without the root visible appchat answers 48002; message/send reaches 200 times the limit of accounts a day.
        """
        data, app = await json_object(request), self._corp.app
        visible = data.get("root_visible", app.chats.root_visible)
        if not isinstance(visible, bool):
            raise BadRequest("root_visible must be true or false")
        if "account_limit" in data:
            app.messages.account_limit = int(number(data, "account_limit", 0, 10**9))
        app.chats.root_visible = visible
        return await self.state(request)

    async def phone(self, request: web.Request) -> web.Response:
        """``GET /_sim/corpapp/members/{userid}?after=``: the phone, its cards as they look now, the menu."""
        member = self._member(request)
        after = whole(request.query, "after", 0, 0, 10**12)
        lines = [
            self._line(member.userid, line) for line in self._corp.app.handsets.lines(member.userid, after)
        ]
        return json_response({"member": _member(member), "menu": self._corp.app.menu, "lines": lines})

    async def act(self, request: web.Request) -> web.Response:
        """``POST /_sim/corpapp/members/{userid}/{act}?wait=answer&timeout=``.

        ``card-click`` takes ``{"task_id", "key", "selected"?: {question: [options]}}``.
        """
        member, name = self._member(request), request.match_info["act"]
        data = await self._data(request, name)
        wait = request.query.get("wait") == "answer"
        heard = self._corp.app.handsets.next_heard(member.userid) if wait else None
        done = self._staff.act(member.userid, name, data)
        answer: dict[str, object] = {"line": done.line.number, "push": done.push_id, "msgid": done.msg_id}
        if heard is not None:
            line = await _first(heard, whole(request.query, "timeout", 20, 1, _MAX_WAIT))
            answer["heard"] = None if line is None else self._line(member.userid, line)
        return json_response(answer)

    async def chats(self, _: web.Request) -> web.Response:
        """``GET /_sim/corpapp/chats``: chats of appchat with what was written in them."""
        chats = self._corp.app.chats.chats.values()
        return json_response(
            {
                "chats": [
                    {**chat.as_json(), "foreign": chat.foreign, "messages": chat.messages} for chat in chats
                ]
            }
        )

    async def add_chat(self, request: web.Request) -> web.Response:
        """``POST /_sim/corpapp/chats {"name", "owner"?, "userlist", "chatid"?}``: one that the app did not create."""
        try:
            chat = self._corp.app.chats.create(await json_object(request), self._corp.now, foreign=True)
        except CorpError as error:
            raise BadRequest(str(error)) from error
        return json_response(chat.as_json(), status=201)

    async def robots(self, _: web.Request) -> web.Response:
        """``GET /_sim/corpapp/robots``: each robot's group."""
        return json_response({"robots": [_robot(robot) for robot in self._corp.app.robots.robots.values()]})

    async def set_robot(self, request: web.Request) -> web.Response:
        """``PUT /_sim/corpapp/robots/{key} {"name"?, "state"?: on|disabled|out|removed}``; a new key makes a robot."""
        data, key = await json_object(request), request.match_info["key"]
        robots = self._corp.app.robots.robots
        robot = robots.setdefault(key, Robot(key=key, name=f"机器人{len(robots) + 1}"))
        state = str(data.get("state", robot.state))
        if state not in STATES:
            raise BadRequest(f"state must be one of {', '.join(STATES)}")
        robot.state, robot.name = state, str(data.get("name", robot.name))
        return json_response(_robot(robot))

    async def _data(self, request: web.Request, name: str) -> Mapping[str, object]:
        if not request.content_type.startswith("multipart/"):
            return await json_object(request)
        if name not in _FILES:
            raise BadRequest(f"{name} takes JSON")
        reader = await request.multipart()
        async for part in reader:
            if isinstance(part, BodyPartReader) and part.filename:
                content_type = part.headers.get("Content-Type", "application/octet-stream")
                return self._staff.store(name, content_type, bytes(await part.read()))
        raise BadRequest("the form holds no file")

    def _line(self, userid: str, line: HandsetLine) -> dict[str, object]:
        shown = line.as_json()
        copy = self._corp.app.desk.of_message(line.msg_id or "", userid)
        return shown | ({"card": _card(copy)} if copy is not None else {})

    def _member(self, request: web.Request) -> Member:
        member = self._corp.members.get(request.match_info["userid"])
        if member is None:
            raise BadRequest(f"{request.match_info['userid']} is no member of the corp")
        return member


def _member(member: Member) -> dict[str, object]:
    return {
        "userid": member.userid,
        "name": member.name,
        "visible": member.visible,
        "active": member.active,
    }


def _extent(lines: Sequence[HandsetLine]) -> dict[str, object]:
    return {"lines": len(lines), "last": lines[-1].number if lines else 0}


def _card(copy: CardOnPhone) -> dict[str, object]:
    return {
        "card": copy.card,
        "replaced": copy.replaced,
        "selected": dict(copy.selected),
        "clicks": copy.clicks,
    }


def _robot(robot: Robot) -> dict[str, object]:
    return {"key": robot.key, "name": robot.name, "state": robot.state, "messages": robot.messages}


async def _first(heard: asyncio.Future[HandsetLine], seconds: int) -> HandsetLine | None:
    try:
        async with asyncio.timeout(seconds):
            return await heard
    except TimeoutError:
        return None
