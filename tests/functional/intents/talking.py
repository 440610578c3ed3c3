"""One customer talking to the whole bot, with a real Rasa: what it understands, and where it leads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from bot.rasa_actions import PATH, RasaActions
from conversations.address import Address
from conversations.clock import ManualClock
from conversations.errors import Transient
from conversations.guidance import Guidance, Told
from handlers.guided.service import GuidedService
from intents.rasa_service.client import Parsed, RasaClient
from intents.with_rasa import WithRasa
from mall.memory import MemoryMall
from tests.dialogues.script import Player
from tests.dialogues.shop import NOON, WANG, Talk, classifier
from tests.servers.rasa import RasaServer


class Leaving:
    """Rasa as the bot knows it, and as nobody reaches it while ``away``."""

    def __init__(self, client: RasaClient) -> None:
        self._client = client
        self.away = False

    async def parse(self, text: str) -> Parsed:
        self._answer()
        return await self._client.parse(text)

    async def begin(self, tracker: str, intent: str, text: str, *, told: Told) -> Sequence[Guidance]:
        self._answer()
        return await self._client.begin(tracker, intent, text, told=told)

    async def tell(self, tracker: str, text: str, *, told: Told) -> Sequence[Guidance]:
        self._answer()
        return await self._client.tell(tracker, text, told=told)

    def _answer(self) -> None:
        if self.away:
            raise Transient("Rasa is away")


@asynccontextmanager
async def talking_with(rasa: RasaServer, *, mall: MemoryMall, who: Address = WANG) -> AsyncIterator[Player]:
    """The action server listens where Rasa looks for it, until the end."""
    clock = ManualClock(NOON)
    actions = RasaActions(GuidedService(mall, mall), clock, secret=rasa.action_secret)
    app = web.Application()
    app.router.add_post(PATH, actions.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", rasa.actions_port).start()
    try:
        async with aiohttp.ClientSession() as session:
            client = RasaClient(session, rasa.url, token=rasa.token, parse_seconds=10, guide_seconds=20)
            leaving = Leaving(client)
            understander = WithRasa(leaving, classifier(), clock)
            talk = Talk(who, understander=understander, guide=leaving, orders=mall, clock=clock)
            yield Player(talk, rasa=leaving)
    finally:
        await runner.cleanup()
