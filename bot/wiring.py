"""The composition root: which parts exist and who gets which. Read it to find every handler and every channel."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import aiohttp
import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.answers import AnswerBoard
from bot.callbacks_seen import CallbacksSeen
from bot.config import Settings
from bot.corp_events import CorpEvents
from bot.events_api import EventsApi, Handler
from bot.handling import every_handler
from bot.inbox import Inbox
from bot.knowing import KnownCustomers, known_customers
from bot.platforms import Platforms, identity, platforms
from bot.rasa_actions import RasaActions
from bot.reception import Reception
from bot.respondent import Respondent
from bot.settings import secret_text
from bot.turn import Thinker
from bot.wakeups import Wakeups, Work
from bot.webhooks import Webhook
from channels.port import ChannelPort
from conversations.address import Address, Channel
from conversations.clock import Clock, OffsetClock, SystemClock
from escalation.book import CaseBook
from escalation.front_desk import FrontDesk
from handlers import staff
from handlers.case_card import member_addresses
from handlers.case_texts import answer_at
from handlers.entry_answer import ShopWords
from handlers.guided.service import GuidedService
from intents.fallback import FallbackClassifier
from intents.fallback_model.shelf import shipped_shelf
from intents.rasa_service.client import RasaClient
from intents.with_rasa import WithRasa
from knowledge_base.service import KnowledgeBase
from mall.demo import DemoMall
from mall.port import Mall
from mall.unconnected import UnconnectedMall
from storage import keys
from storage.database import Database
from storage.errands_schema import errands
from storage.migrate import migrate
from storage.redis_link import RedisLink
from storage.schema import inbox as inbox_table
from storage.schema import outbox as outbox_table
from storage.times import now_ms

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What every role needs."""

    settings: Settings
    clock: Clock
    database: Database
    redis: RedisLink
    wakeups: Wakeups
    inbox: Inbox
    board: AnswerBoard
    session: aiohttp.ClientSession
    platforms: Platforms
    retry_window_ms: int

    @property
    def channels(self) -> Mapping[Channel, ChannelPort]:
        return self.platforms.channels

    async def database_problem(self) -> str:
        try:
            async with self.database.reading() as connection:
                await connection.execute(select(1))
        except (SQLAlchemyError, OSError) as error:
            return type(error).__name__
        return ""

    async def redis_problem(self) -> str:
        return "" if await self.redis.alive() else "does not answer"

    async def measure(self) -> None:
        """Brings the gauges up to date."""
        for box, table in (("inbox", inbox_table), ("outbox", outbox_table), ("errands", errands)):
            for gauge, states in (
                (metrics.dead, ("dead",)),
                (metrics.waiting, ("waiting", "pending", "offered", "sending", "deferred")),
            ):
                async with self.database.reading() as connection:
                    query = select(func.count()).select_from(table).where(table.c.state.in_(states))
                    gauge.labels(box=box).set((await connection.execute(query)).scalar_one())


def process_name() -> str:
    """Names this process among all of this bot, for leases and for people who look at them."""
    return f"{socket.gethostname()}:{os.getpid()}"


def choose_clock(settings: Settings) -> Clock:
    offset = settings.demo.clock_offset_file
    return OffsetClock(offset) if offset is not None else SystemClock()


@asynccontextmanager
async def foundation(settings: Settings) -> AsyncIterator[Foundation]:
    """Database migrated, Redis started, channels ready to be used; all closed at the end."""
    async with AsyncExitStack() as stack:
        clock = choose_clock(settings)
        database = Database(settings.database)
        stack.push_async_callback(database.close)
        await migrate(database)
        redis = RedisLink(settings.redis, identity=settings.database.url)
        stack.push_async_callback(redis.close)
        await redis.start()
        wakeups = Wakeups(redis, keys.wakeups(identity(settings)))
        await wakeups.start()
        stack.push_async_callback(wakeups.close)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        retry_window_ms = int(settings.inbox.retry_window_seconds * 1000)
        inbox = Inbox(database, retry_window_ms=retry_window_ms)
        yield Foundation(
            settings=settings,
            clock=clock,
            database=database,
            redis=redis,
            wakeups=wakeups,
            inbox=inbox,
            board=AnswerBoard(inbox.decided, pause=partial(wakeups.wait, Work.ANSWERS)),
            session=session,
            platforms=platforms(
                settings, session=session, redis=redis, database=database, clock=clock, process=process_name()
            ),
            retry_window_ms=retry_window_ms,
        )


def webhooks(base: Foundation) -> dict[Channel, Webhook]:
    """The callback endpoints of the channels that are served."""
    seen = CallbacksSeen(base.database)
    corp = CorpEvents(base.settings.wecom, base.database, base.wakeups, base.clock)
    return {
        name: Webhook(
            name=name,
            envelope=envelope,
            reception=reception(base, name, seen),
            max_body_bytes=base.settings.web.max_body_bytes,
            clock=base.clock,
            seen=seen,
            divert=corp.take if name is Channel.WECOM else None,
            acknowledgement="success" if name is Channel.OFFICIAL else "",
        )
        for name, envelope in base.platforms.envelopes.items()
    }


def reception(base: Foundation, name: Channel, seen: CallbacksSeen) -> Reception:
    return Reception(
        name=name,
        channel=base.channels[name],
        inbox=base.inbox,
        board=base.board,
        wakeups=base.wakeups,
        wait_seconds=base.settings.inbox.passive_wait_seconds,
        clock=base.clock,
        seen=seen,
        keeps_files=name in base.platforms.files,
    )


def mall_of(settings: Settings, database: Database, clock: Clock) -> Mall:
    return DemoMall(database, clock) if settings.mall.orders == "demo" else UnconnectedMall()


def members_of(settings: Settings) -> tuple[Address, ...]:
    """Where the shop's people hear of cases; nowhere without WeCom."""
    if not settings.wecom.enabled:
        return ()
    return member_addresses(settings.staff.members, agent_id=settings.wecom.agent_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rasa:
    """Rasa as the bot uses it, and what it asks of the bot."""

    client: RasaClient
    actions: RasaActions


def rasa_of(base: Foundation) -> Rasa | None:
    """None without Rasa."""
    settings = base.settings.rasa
    if settings.url is None:
        return None
    mall = mall_of(base.settings, base.database, base.clock)
    return Rasa(
        client=RasaClient(
            base.session,
            settings.url,
            token=secret_text(settings.token),
            parse_seconds=settings.parse_budget_seconds,
            guide_seconds=settings.guide_budget_seconds,
        ),
        actions=RasaActions(
            GuidedService(mall, mall), base.clock, secret=secret_text(settings.action_secret)
        ),
    )


def customers_of(base: Foundation) -> KnownCustomers:
    return known_customers(base.settings.customers, base.database, base.clock)


def events_api(base: Foundation) -> Mapping[str, tuple[str, Handler]]:
    """Where the shop's systems tell events; nowhere without a secret to sign with."""
    settings = base.settings
    if not settings.customers.events.secrets:
        return {}
    return EventsApi(
        settings.customers.events,
        base.database,
        customers_of(base).intake,
        base.clock,
        public_url=settings.web.public_url,
        max_body_bytes=settings.web.max_body_bytes,
    ).routes


async def thinker(
    settings: Settings,
    *,
    clock: Clock,
    database: Database,
    channels: Mapping[Channel, ChannelPort],
    knowledge: KnowledgeBase,
    rasa: RasaClient | None = None,
) -> Thinker:
    mall = mall_of(settings, database, clock)
    shop = ShopWords(shop_name=settings.service.shop_name, service_hours=settings.service.hours)
    fallback = FallbackClassifier(
        shipped_shelf(), knowledge.embed, is_faq=knowledge.knows, embedder=lambda: knowledge.embedder
    )
    await fallback.warm_up()
    samples = settings.service.sample_questions
    customers = known_customers(settings.customers, database, clock)
    front_desk = front_desk_of(settings, database)
    respondent = Respondent(
        understander=fallback if rasa is None else WithRasa(rasa, fallback, clock),
        router=every_handler(knowledge, mall, mall, shop, samples=samples),
        knowledge=knowledge,
        guide=rasa,
        shop=shop,
        place_of=front_desk.place if front_desk is not None else None,
    )
    return Thinker(
        staff=staff.handler(
            CaseBook(database, survey=settings.desk.survey()), knowledge, places_of(settings)
        ),
        members=members_of(settings),
        channels=channels,
        respondent=respondent,
        clock=clock,
        profile_of=customers.profile_of,
        mall_id_of=customers.mall_id_of,
        front_desk=front_desk,
    )


def places_of(settings: Settings) -> Mapping[Channel, str]:
    """Where members of the shop answer customers."""
    handoffs = {
        Channel.OFFICIAL: settings.official.handoff,
        Channel.KEFU: settings.wecom.kefu.handoff,
    }
    desk = f"{settings.web.public_url}/console/desk" if settings.console.enabled else None
    return answer_at(desk, [channel for channel, handoff in handoffs.items() if handoff == "desk"])


def front_desk_of(settings: Settings, database: Database) -> FrontDesk | None:
    """None without the console: then nobody could serve at our desk."""
    return FrontDesk(database, settings.desk, real_ms=now_ms) if settings.console.enabled else None
