"""The bot as a part of the corp: conversations, callbacks or the long connection, and response_url."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiohttp import web

from simulator.aibot.envelope import BotEnvelope
from simulator.aibot.exchange import Exchange
from simulator.aibot.link import BotLink
from simulator.aibot.pusher import BotPusher
from simulator.aibot.replies import BadReply, read
from simulator.aibot.rooms import NoSuchThing, Room
from simulator.aibot.talk import Declined, Talk
from simulator.crypto import MessageCipher, decode_aes_key

if TYPE_CHECKING:
    from simulator.corp.world import CorpWorld
    from simulator.transport import Wire
    from simulator.world import World

RESPONSE_PATH = "/cgi-bin/aibot/response"


class AiBot:
    """What people do with the bot; call it where an event loop runs."""

    def __init__(self, world: World, corp: CorpWorld, wire: Wire) -> None:
        settings = corp.settings
        self.talk = Talk(
            settings.aibot_id,
            clock=corp.clock,
            journal=corp.journal,
            violate=corp.violate,
            base_url=lambda: corp.base_url,
        )
        self.link = BotLink(
            world,
            self.talk,
            lambda: corp.media,
            bot_id=settings.aibot_id,
            secret=settings.aibot_secret,
        )
        self.pusher: BotPusher | None = None
        if settings.aibot_callback_url and settings.aibot_aes_key:
            cipher = MessageCipher(key=decode_aes_key(settings.aibot_aes_key), receive_id="")
            envelope = BotEnvelope(token=settings.aibot_token, cipher=cipher)
            self.pusher = BotPusher(world, self.talk, envelope, wire, settings.aibot_callback_url)

    def add_to(self, corp_app: web.Application) -> None:
        """Register the long connection and response_url on the corp's port; before the API's catch-all."""
        self.link.add_to(corp_app)
        corp_app.router.add_post(RESPONSE_PATH, self.response_url)

    async def stop(self) -> None:
        """Give up whatever is under way."""
        await self.link.close()
        if self.pusher is not None:
            await self.pusher.stop()

    def clear(self) -> None:
        """Forget every conversation; the connection stays."""
        self.talk.clear()

    async def say(
        self, room: Room, userid: str, msgtype: str, content: Mapping[str, object]
    ) -> Exchange | None:
        """A person writes to the bot (in a group: mentions it); None when the bot is not told."""
        _member(room, userid)
        exchange = self.talk.message(room, userid, msgtype, content)
        if exchange is not None:
            await self._tell(exchange)
        return exchange

    async def enter(self, userid: str) -> Exchange:
        """A person opens the chat with the bot, for the first time today."""
        return await self._happened(self.talk.rooms.single(userid), userid, "enter_chat", {})

    async def click(self, room: Room, userid: str, task_id: str, key: str, selected: object) -> Exchange:
        """A person presses a button of a card; raises NoSuchThing."""
        _member(room, userid)
        card = room.card(task_id).content
        details: dict[str, object] = {
            "card_type": card.get("card_type"),
            "event_key": key,
            "task_id": task_id,
        }
        if selected is not None:
            details["selected_items"] = {"selected_item": selected}
        return await self._happened(room, userid, "template_card_event", details)

    async def rate(self, room: Room, userid: str, number: int, details: Mapping[str, object]) -> Exchange:
        """A person says what they think of an answer that asked for it; raises NoSuchThing."""
        _member(room, userid)
        line = next((line for line in room.lines if line.number == number), None)
        key = None if line is None else line.content.get("feedback_id")
        if key is None:
            raise NoSuchThing(f"line {number} asks for no feedback")
        return await self._happened(room, userid, "feedback_event", {"id": key, **details})

    async def _happened(self, room: Room, userid: str, name: str, details: Mapping[str, object]) -> Exchange:
        exchange = self.talk.event(room, userid, name, details)
        await self._tell(exchange)
        return exchange

    async def _tell(self, exchange: Exchange) -> None:
        if self.link.connected:
            await self.link.push(exchange)
        elif self.pusher is not None:
            self.pusher.push(exchange)

    async def response_url(self, request: web.Request) -> web.Response:
        """``POST response_url``: once, within an hour, markdown or template_card."""
        answer: dict[str, object] = {"errcode": 0, "errmsg": "ok"}
        try:
            self.talk.by_response_url(request.query.get("response_code", ""), read(await request.read()))
        except Declined as error:
            answer = {"errcode": error.errcode, "errmsg": error.detail}
        except BadReply as error:
            answer = {"errcode": 40058, "errmsg": str(error)}
        self.talk.called(request.path, answer)
        return web.json_response(answer, dumps=lambda data: json.dumps(data, ensure_ascii=False))


def _member(room: Room, userid: str) -> None:
    if userid not in room.members:
        raise NoSuchThing(f"{userid!r} does not belong to {room.id!r}")
