"""Our side of Rasa's dialogue, in the test's own process: its actions, a mall in memory, and a client."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from bot.rasa_actions import PATH, RasaActions
from conversations.clock import ManualClock
from conversations.guidance import Guidance, Told, merged
from handlers.guided.conversing import tracker_id
from handlers.guided.service import GuidedService
from intents.rasa_service.client import RasaClient
from mall.memory import MemoryMall
from tests.servers.rasa import RasaServer
from tests.unit.handlers.guided.shop import NOON, WANG, mall

_NUMBERS = itertools.count(1)


class Breakable(RasaActions):
    """``broken`` names actions that fail."""

    broken: frozenset[str] = frozenset()

    async def run(self, name: str, tracker: Mapping[str, Any]) -> dict[str, Any]:
        if name in self.broken:
            raise web.HTTPInternalServerError
        return await super().run(name, tracker)


@dataclass(slots=True, kw_only=True)
class Dialogue:
    """One guided conversation after another, told message by message."""

    rasa: RasaServer
    client: RasaClient
    mall: MemoryMall
    actions: Breakable
    tracker: str = ""
    keys: list[str] = field(default_factory=list)

    async def begins(self, intent: str, text: str) -> Guidance:
        """A guided conversation in a tracker of its own."""
        self.keys.append(f"m{next(_NUMBERS)}")
        self.tracker = tracker_id(WANG.conversation_id, self.keys[-1], intent)
        return merged(await self.client.begin(self.tracker, intent, text, told=self.told()))

    def told(self, key: str | None = None, *, again: bool = False) -> Told:
        """Beside the last message, or one with another key."""
        return Told(who=WANG.conversation_id, key=key or self.keys[-1], again=again)

    async def hears_again(self, text: str) -> Guidance:
        """The last message once more, which may have been told before."""
        told = self.told(again=True)
        return merged(await self.client.tell(self.tracker, text, told=told))

    async def hears(self, *texts: str) -> Guidance:
        """The messages, one after the other; what the last one led to."""
        pieces: Sequence[Guidance] = ()
        for text in texts:
            self.keys.append(f"m{next(_NUMBERS)}")
            pieces = await self.client.tell(self.tracker, text, told=self.told())
        return merged(pieces)


@asynccontextmanager
async def dialogue_with(rasa: RasaServer, shop: MemoryMall | None = None) -> AsyncIterator[Dialogue]:
    """The action server listens where Rasa looks for it, until the end."""
    shop = shop or mall()
    actions = Breakable(GuidedService(shop, shop), ManualClock(NOON), secret=rasa.action_secret)
    app = web.Application()
    app.router.add_post(PATH, actions.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", rasa.actions_port).start()
    try:
        async with aiohttp.ClientSession() as session:
            client = RasaClient(session, rasa.url, token=rasa.token, parse_seconds=10, guide_seconds=20)
            yield Dialogue(rasa=rasa, client=client, mall=shop, actions=actions)
    finally:
        await runner.cleanup()
