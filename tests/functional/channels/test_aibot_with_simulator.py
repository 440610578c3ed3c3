"""A member talks to Xiaoer through the simulated platform: callback and long connection, alone and in a group."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from channels.aibot.adapter import AibotChannel
from channels.aibot.client import ResponseUrlSpeaker
from channels.aibot.connection import AibotConnection
from channels.aibot.envelope import AibotEnvelope
from channels.aibot.lease import ConnectionLease
from channels.aibot.line import AibotLine, PassiveAnswer
from channels.aibot.protocol import response_url
from channels.aibot.response_urls import ResponseUrl, ResponseUrls
from channels.aibot.settings import AibotSettings
from channels.outcomes import Refused, Sent
from channels.sealing import OpenedCallback
from conversations.address import Address, Channel, ConversationId
from conversations.clock import SystemClock
from conversations.conversation import Context, Conversation
from conversations.outcomes import Outcome
from conversations.replies import TextReply
from handlers import staff
from handlers.case_card import cards_for
from handlers.turn import Handler, Turn
from intents.understanding import FAQ, Understanding
from knowledge_base.decision import Refuse, RefuseReason
from storage.database import Database
from storage.migrate import migrate
from storage.settings import DatabaseSettings
from tests.functional.simulator import aibot_world as platform
from tests.functional.simulator.aibot_world import Sim
from tests.unit.handlers.staff_cases import MemoryCases, case
from tests.unit.handlers.test_staff import Shelf

LATER = TextReply(text="刚刚又有一位顾客在等")
CASE = case("a", minutes=3)
ZHANG = Address(channel=Channel.AIBOT, account="AIB1", peer="zhang")


class KeptUrls(ResponseUrls):
    """What the transcript would hold."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def newest(self, conversation: ConversationId) -> ResponseUrl | None:
        url = self.kept.get(conversation)
        return None if url is None else ResponseUrl(url=url, received_at=datetime.now(UTC))


@dataclass
class Xiaoer:
    """The turn of a member without inbox and outbox: what is decided is answered at once."""

    channel: AibotChannel
    urls: KeptUrls
    answers: Handler
    contexts: dict[str, Context] = field(default_factory=dict)

    async def answer(self, opened: OpenedCallback) -> str | None:
        inbound = self.channel.read(opened.fields, opened.key)
        conversation = inbound.address.conversation_id
        if (url := response_url(opened.fields)) is not None:
            self.urls.kept[conversation] = url
        turn = Turn(
            conversation=Conversation(
                address=inbound.address, context=self.contexts.get(conversation, Context())
            ),
            inbound=inbound,
            text=getattr(inbound.content, "text", ""),
            understanding=Understanding(intent=FAQ, confidence=0.0),
            now=datetime.now(UTC),
        )
        outcome: Outcome = await self.answers(turn)
        self.contexts[conversation] = outcome.context or turn.conversation.context
        if not outcome.says:
            return None
        return self.channel.render_passive(outcome.says[0].reply, inbound.address, turn.now)


def settings(sim_url: str, **changed: object) -> AibotSettings:
    known: dict[str, object] = {
        "enabled": True,
        "bot_id": "AIB1",
        "api_base": sim_url,
        "url": sim_url.replace("http", "ws") + "/aibot/connect",
        "token": SecretStr(platform.BOT_TOKEN),
        "encoding_aes_key": SecretStr(platform.KEY),
        "secret": SecretStr(platform.SECRET),
    }
    ours = AibotSettings.model_validate(known | changed)
    ours.validate_ready()
    return ours


def handler(cases: MemoryCases) -> Handler:
    return staff.handler(cases, Shelf(Refuse(reason=RefuseReason.NOTHING_NEAR)))


@dataclass
class World:
    sim: Sim
    xiaoer: Xiaoer
    cases: MemoryCases

    async def asks(self, room: str, text: str, **more: object) -> str:
        (line,) = await self.sim.say(room, text, **more)
        return str(line["content"]["text"])

    async def card_title(self) -> str:
        """Of the one card on Zhang's screen."""
        lines = (await self.sim.call("GET", "aibot/rooms/zhang/transcript"))["lines"]
        (shown,) = [line for line in lines if line["kind"] == "template_card"]
        return str(shown["content"]["main_title"]["title"])


@pytest.fixture(params=["callback", "connection"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    opening = by_callback() if request.param == "callback" else by_connection(tmp_path)
    async with opening as running:
        yield running
        assert running.sim.violations == {}


@asynccontextmanager
async def by_callback() -> AsyncIterator[World]:
    holder: list[Xiaoer] = []
    envelope = AibotEnvelope(settings("http://127.0.0.1:1"), SystemClock())

    async def verify(request: web.Request) -> web.Response:
        return web.Response(text=envelope.verify(dict(request.query)))

    async def receive(request: web.Request) -> web.Response:
        clear = await holder[0].answer(envelope.open(dict(request.query), await request.read()))
        if clear is None:
            return web.Response()
        sealed = envelope.seal(clear, request.query["nonce"], datetime.now(UTC), as_json=True)
        return web.Response(text=sealed, content_type="application/json")

    app = web.Application()
    app.router.add_get("/bot", verify)
    app.router.add_post("/bot", receive)
    runner, url = await platform.serve(app)
    async with platform.simulator(f"{url}/bot") as sim:
        urls, cases, ours = KeptUrls(), MemoryCases.of(CASE), settings(sim.corp_url)
        channel = AibotChannel(ours, ResponseUrlSpeaker(ours, sim.session, urls), SystemClock())
        holder.append(Xiaoer(channel, urls, handler(cases)))
        assert (await sim.call("POST", "aibot/verify"))["ok"]
        yield World(sim, holder[0], cases)
        await runner.cleanup()


@asynccontextmanager
async def by_connection(tmp_path: Path) -> AsyncIterator[World]:
    database = Database(DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/xiaoer.db"))
    await migrate(database)
    async with platform.simulator("") as sim, aiohttp.ClientSession() as session:
        cases, ours = MemoryCases.of(CASE), settings(sim.corp_url, mode="connection")
        lease = ConnectionLease(database, bot_id="AIB1", holder="one", seconds=30)
        line = AibotLine(ours, AibotConnection(ours, session, lease), SystemClock())
        xiaoer = Xiaoer(AibotChannel(ours, line, SystemClock()), KeptUrls(), handler(cases))
        written = 0

        async def receive(opened: OpenedCallback) -> PassiveAnswer | None:
            body = await xiaoer.answer(opened)

            async def count() -> None:
                nonlocal written
                written += 1

            return None if body is None else PassiveAnswer(body=body, written=count)

        task = asyncio.create_task(line.run(receive))
        for _ in range(2000):
            if line.here:
                break
            await asyncio.sleep(0.01)
        yield World(sim, xiaoer, cases)
        task.cancel()
        await asyncio.wait({task})
        assert written > 0
    await database.close()


async def test_a_member_alone_sees_who_waits_takes_it_and_closes_it(world: World) -> None:
    assert "有 1 位顾客在等人工" in await world.asks("zhang", "待处理")
    assert "由你接待" in await world.asks("zhang", "接 1")
    assert world.cases.cases[CASE.key].taken_by == "zhang"
    assert "你正在接待" in await world.asks("zhang", "待处理")
    assert await world.asks("zhang", "办完 1") == staff.CLOSED


async def test_members_of_a_group_each_have_a_conversation_there(world: World) -> None:
    await world.sim.call("PUT", "aibot/groups/g1", {"name": "客服群", "members": ["zhang", "li"]})
    assert "有 1 位顾客在等人工" in await world.asks("g1", "待处理", user="zhang")
    assert await world.asks("g1", "接 1", user="li") == staff.NOTHING_LISTED
    assert "由你接待" in await world.asks("g1", "接 1", user="zhang")
    assert set(world.xiaoer.contexts) == {"aibot:AIB1:g1/zhang", "aibot:AIB1:g1/li"}


async def test_who_opens_the_chat_is_greeted(world: World) -> None:
    answer = await world.sim.call("POST", "aibot/people/zhang/enter?wait=answer&timeout=5")
    assert [line["content"]["text"] for line in answer["lines"]] == [staff.HELP]


async def test_a_later_message_reaches_who_has_written(world: World) -> None:
    await world.asks("zhang", "帮助")
    assert await world.xiaoer.channel.send(LATER, ZHANG, key="k") == Sent()
    lines = (await world.sim.call("GET", "aibot/rooms/zhang/transcript"))["lines"]
    assert lines[-1]["content"]["text"] == LATER.text


async def test_a_card_is_sent_tapped_and_changed(world: World) -> None:
    await world.asks("zhang", "帮助")
    ((to, card),) = cards_for(CASE, [ZHANG], datetime.now(UTC))
    assert await world.xiaoer.channel.send(card, to, key="k") == Sent()
    take = card.card["button_list"][0]["key"]
    tap = {"user": "zhang", "task_id": card.task_id, "key": take}
    await world.sim.call("POST", "aibot/rooms/zhang/click?wait=answer&timeout=5", tap)
    for _ in range(500):
        if await world.card_title() == "已由 zhang 接入":
            break
        await asyncio.sleep(0.01)
    assert await world.card_title() == "已由 zhang 接入"
    assert world.cases.cases[CASE.key].taken_by == "zhang"


async def test_one_address_takes_one_message() -> None:
    async with by_callback() as world:
        await world.asks("zhang", "帮助")
        assert await world.xiaoer.channel.send(LATER, ZHANG, key="1") == Sent()
        assert isinstance(await world.xiaoer.channel.send(LATER, ZHANG, key="2"), Refused)
        assert world.sim.violations == {"aibot-response-url": 1}
