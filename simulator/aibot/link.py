"""The long connection: one at a time, frames with req_id, acknowledged each (WeCom 101463 长连接)."""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from aiohttp import WSMsgType, web

from simulator.aibot.exchange import Exchange
from simulator.aibot.replies import BadReply
from simulator.aibot.talk import Declined, Talk
from simulator.aibot.uploads import Uploads
from simulator.faults import Kind, Side

if TYPE_CHECKING:
    from simulator.media import MediaShelf
    from simulator.world import World

PATH = "/aibot/connect"
_KINDS = frozenset({Kind.RESET_AFTER, Kind.ERRCODE, Kind.DELAY, Kind.REFUSE})
_RESPONSES = frozenset({"aibot_respond_msg", "aibot_respond_welcome_msg", "aibot_respond_update_msg"})
_BAD_SECRET = 40001
_NOT_SUBSCRIBED = 40014
_MAX_FRAME = 1 << 20

Json = Mapping[str, object]


class BotLink:
    """Holds the one subscribed connection; faults see ``aibot:`` + cmd (``reset_after``: the ack is lost)."""

    def __init__(
        self, world: World, talk: Talk, shelf: Callable[[], MediaShelf], *, bot_id: str, secret: str
    ) -> None:
        self._world = world
        self._talk = talk
        self._shelf = shelf
        self._bot_id = bot_id
        self._secret = secret
        self._uploads = Uploads()
        self._live: web.WebSocketResponse | None = None
        self._all: set[web.WebSocketResponse] = set()

    @property
    def connected(self) -> bool:
        """Whether a bot is subscribed."""
        return self._live is not None and not self._live.closed

    def add_to(self, app: web.Application) -> None:
        """Register the address on the corp's port."""
        app.router.add_get(PATH, self.connect)
        app.on_shutdown.append(self.close)

    async def close(self, _: web.Application | None = None) -> None:
        """End every connection."""
        await asyncio.gather(*(socket.close() for socket in self._all), return_exceptions=True)

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse(max_msg_size=_MAX_FRAME)
        await socket.prepare(request)
        self._all.add(socket)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._handle(socket, frame.data)
        finally:
            self._all.discard(socket)
            if self._live is socket:
                self._live = None
                self._world.journal.append("aibot.link", state="lost")
        return socket

    async def push(self, exchange: Exchange) -> None:
        """Tell the bot of a message or event; the exchange's id is the req_id."""
        cmd = "aibot_msg_callback" if exchange.event is None else "aibot_event_callback"
        struck = self._world.faults.strike(
            Side.CALLBACK,
            frozenset({Kind.DROP_REQUEST, Kind.DUPLICATE}),
            path=f"aibot:{exchange.label}",
            shopper=exchange.room.id,
        )
        if Kind.DROP_REQUEST in struck or self._live is None:
            return
        for _ in range(2 if Kind.DUPLICATE in struck else 1):
            await self._send(self._live, cmd, exchange.id, exchange.body)

    async def _send(self, socket: web.WebSocketResponse, cmd: str, req_id: str, body: Json) -> None:
        self._world.journal.append("aibot.frame.sent", cmd=cmd, req_id=req_id, body=body)
        frame = {"cmd": cmd, "headers": {"req_id": req_id}, "body": body}
        try:
            await socket.send_str(json.dumps(frame, ensure_ascii=False))
        except ConnectionError:
            self._world.journal.append("aibot.link", state="broken")

    async def _handle(self, socket: web.WebSocketResponse, text: str) -> None:
        cmd, req_id, body = _parts(text)
        if not req_id:
            self._world.violate("aibot-bad-frame", detail=text[:80])
            return
        faults = self._world.faults.strike(Side.API, _KINDS, path=f"aibot:{cmd}")
        if Kind.DELAY in faults:
            await asyncio.sleep(faults[Kind.DELAY].ms / 1000 * self._world.knobs.timeout_scale)
        if Kind.REFUSE in faults:
            await socket.close()
            return
        if Kind.ERRCODE in faults:
            answer: dict[str, object] = {"errcode": faults[Kind.ERRCODE].errcode, "errmsg": "by a fault"}
        else:
            answer = await self._answer(socket, cmd, req_id, body)
        lost = Kind.RESET_AFTER in faults
        self._world.journal.append(
            "aibot.frame", cmd=cmd, req_id=req_id, body=body, errcode=answer["errcode"], ack_lost=lost
        )
        if not lost and not socket.closed:
            await socket.send_str(json.dumps({"headers": {"req_id": req_id}, **answer}, ensure_ascii=False))

    async def _answer(
        self, socket: web.WebSocketResponse, cmd: str, req_id: str, body: Json
    ) -> dict[str, object]:
        """The acknowledgement without its headers."""
        try:
            if cmd == "aibot_subscribe":
                await self._subscribe(socket, body)
                return {"errcode": 0, "errmsg": "ok"}
            result = self._carry_out(socket, cmd, req_id, body)
        except Declined as error:
            return {"errcode": error.errcode, "errmsg": error.detail}
        except BadReply as error:
            self._world.violate("aibot-malformed-reply", detail=f"{cmd}: {error}")
            return {"errcode": 40058, "errmsg": str(error)}
        return {"errcode": 0, "errmsg": "ok", **({"body": result} if result else {})}

    def _carry_out(
        self, socket: web.WebSocketResponse, cmd: str, req_id: str, body: Json
    ) -> dict[str, object]:
        """What a subscribed bot asks for; the body of the acknowledgement."""
        if self._live is not socket:
            raise Declined(_NOT_SUBSCRIBED, "this connection is not subscribed")
        now = self._talk.now
        if cmd in _RESPONSES:
            self._respond(cmd, req_id, body)
        elif cmd == "aibot_send_msg":
            self._send_message(body)
        elif cmd.startswith("aibot_upload_media_"):
            return self._uploads.take(cmd.removeprefix("aibot_upload_media_"), body, now, self._shelf())
        elif cmd != "ping":
            raise BadReply(f"cmd {cmd!r} is unknown")
        return {}

    async def _subscribe(self, socket: web.WebSocketResponse, body: Json) -> None:
        right = str(body.get("bot_id", "")) == self._bot_id and hmac.compare_digest(
            str(body.get("secret", "")).encode(), self._secret.encode()
        )
        if not right or not self._secret:
            self._world.violate("aibot-bad-secret")
            raise Declined(_BAD_SECRET, "invalid bot_id or secret")
        old, self._live = self._live, socket
        self._world.journal.append("aibot.link", state="subscribed")
        if old is not None and old is not socket and not old.closed:
            kicked = {
                "msgid": secrets.token_hex(16),
                "aibotid": self._bot_id,
                "create_time": int(self._talk.now),
                "msgtype": "event",
                "event": {"eventtype": "disconnected_event"},
            }
            await self._send(old, "aibot_event_callback", secrets.token_hex(16), kicked)
            await old.close()

    def _respond(self, cmd: str, req_id: str, body: Json) -> None:
        exchange = self._talk.known(req_id)
        wanted = {
            None: "aibot_respond_msg",
            "enter_chat": "aibot_respond_welcome_msg",
            "template_card_event": "aibot_respond_update_msg",
        }.get(exchange.event)
        if cmd != wanted:
            raise BadReply(f"{exchange.label} is not answered with {cmd}")
        self._talk.answered(exchange, body)

    def _send_message(self, body: Json) -> None:
        rest = {name: value for name, value in body.items() if name not in ("chatid", "chat_type")}
        if body.get("chat_type", 1) not in (0, 1, 2):
            raise BadReply("chat_type must be 1 or 2")
        self._talk.of_its_own(str(body.get("chatid", "")), rest)


def _parts(text: str) -> tuple[str, str, Json]:
    """cmd, req_id and body of a frame; empty when it is none."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return "", "", {}
    if not isinstance(frame, dict) or not isinstance(frame.get("headers"), dict):
        return "", "", {}
    body = frame.get("body")
    known = cast("dict[str, object]", body) if isinstance(body, dict) else {}
    return str(frame.get("cmd", "")), str(frame["headers"].get("req_id", "")), known
