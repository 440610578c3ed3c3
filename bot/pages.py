"""The console, put together: which parts it has is read here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

import aiohttp_jinja2
import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.knowing import known_customers
from bot.people_said import people_said
from bot.platforms import identity
from bot.promises import promises_of
from bot.settings import secret_text
from bot.wakeups import Work
from bot.wiring import Foundation
from channels.media.folder import MediaFolder
from channels.wecom.api import QyApi
from channels.wecom.identity import Member, Outsider, member_of
from console.after_sales.desk import AfterSalesDesk
from console.after_sales.pages import after_sales_pages
from console.app import create_console
from console.canned.pages import canned_pages
from console.customers.desk import CustomersDesk
from console.customers.pages import customers_pages
from console.desk.desk import AgentsDesk
from console.desk.live import Live
from console.desk.pages import desk_pages
from console.desk.presence import Presence
from console.desk.suggesting import LEAST_LIKELY, MOST, Suggestion
from console.gaps.desk import GapsDesk
from console.gaps.pages import gaps_pages
from console.ground import lay_ground
from console.knowledge.desk import EditorsDesk, LiveKnowledge
from console.knowledge.pages import knowledge_pages
from console.levels.pages import levels_pages
from console.levels.screen import LevelsDesk
from console.team.pages import team_pages
from console.web.assets import PackagesMissing
from console.wecom_login import WecomLogin
from conversations.address import Address
from customers.identity.identifier import Identifier
from customers.identity.keys import CustomerKeys
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.mining.label_store import all_labels
from knowledge_base.mining.labels import labelled_questions
from knowledge_base.serving import Asker, answer_for, day_in_china
from knowledge_base.variables import render
from storage import keys
from storage.reading_aside import read_aside
from storage.times import now_ms

log = structlog.get_logger()


def console_of(base: Foundation, live: LiveKnowledge) -> web.Application | None:
    """None: switched off, or without its packages; customers are served all the same. ``live`` answers them."""
    settings = base.settings
    if not settings.console.enabled:
        return None
    ground = lay_ground(settings.console, base.database)
    desk = EditorsDesk(settings.knowledge_base, live, labels=partial(_labels, base), now=base.clock.now)
    gaps = GapsDesk(desk, base.database, settings.database, said=people_said)
    customers = _customers(base)
    agents = _agents(base, customers, live)
    changes = Live(agents)
    try:
        console = create_console(
            settings.console,
            ground,
            shop_name=settings.service.shop_name,
            public_url=settings.web.public_url,
            wecom=_wecom_login(base),
            more=(
                desk_pages(agents, changes, ground.audit, place=MediaFolder(base.settings.media.path).path),
                canned_pages(base.database, ground.audit, base.clock, partial(_about_the_shop, base)),
                levels_pages(_levels(base)),
                team_pages(base.database, ground, base.clock, wanted_skills=base.settings.desk.all_skills()),
                after_sales_pages(_after_sales(base), ground.audit),
                customers_pages(customers, ground.audit),
                knowledge_pages(desk, ground.audit),
                gaps_pages(gaps, ground.audit),
            ),
        )
    except PackagesMissing as missing:
        log.error("console.not_served", problem=str(missing))
        return None

    async def close(app: web.Application) -> None:
        desk.close()

    console.on_cleanup.append(close)
    console.cleanup_ctx.append(partial(_watching, changes))

    async def end_streams(app: web.Application) -> None:
        changes.end()

    console.on_shutdown.append(end_streams)
    return console


async def _watching(live: Live, app: web.Application) -> AsyncIterator[None]:
    """What changes is shown at the desks while the console is served."""
    template = aiohttp_jinja2.get_env(app).get_template("desk/_row.html")
    task = asyncio.create_task(live.watch(lambda row: template.render(row=row)), name="desk")
    yield
    task.cancel()
    await asyncio.wait({task})


def _levels(base: Foundation) -> LevelsDesk:
    hours = base.settings.desk.service_hours()
    return LevelsDesk(database=base.database, hours=hours, now=base.clock.now)


def _agents(base: Foundation, customers: CustomersDesk, knowledge: LiveKnowledge) -> AgentsDesk:
    known = known_customers(base.settings.customers, base.database, base.clock)

    async def customer_id(identifier: Identifier) -> int | None:
        async with base.database.reading() as connection:
            found = await known.identities.find(connection, identifier)
        return None if found is None else found.customer_id

    def changed() -> None:
        for work in (Work.QUEUE, Work.SENDS, Work.DESK):
            base.wakeups.notify(work)

    return AgentsDesk(
        database=base.database,
        now=base.clock.now,
        real_ms=now_ms,
        hear=lambda address, body, key: base.channels[address.channel].read(body, key),
        limits=lambda address: base.channels[address.channel].limits,
        changed=changed,
        wait=partial(base.wakeups.wait, Work.DESK),
        customers=customers,
        customer_id=customer_id,
        suggest=partial(_suggested, base, knowledge),
        promises=promises_of(base.settings),
        rules=base.settings.desk.rules(),
        survey=base.settings.desk.survey(),
        presence=Presence(base.redis.client, partial(keys.presence, identity(base.settings)), real_ms=now_ms),
    )


async def _suggested(
    base: Foundation, knowledge: LiveKnowledge, text: str, address: Address
) -> Sequence[Suggestion]:
    """The likeliest answers to a text, as they would be said where it was written."""
    asker = Asker(today=day_in_china(base.clock.now()), channel=address.channel)
    try:
        verdict = await knowledge.explain(text, asker=asker)
    except KnowledgeBaseError:
        return ()
    values = {**_about_the_shop(base), "order": ""}
    found = []
    for candidate in verdict.ranked:
        entry = knowledge.entry(candidate.entry_id)
        answer = entry and answer_for(entry, address.channel, asker.segments, asker.today)
        if answer and candidate.probability >= LEAST_LIKELY:
            likely = round(candidate.probability * 100)
            said = render(answer, values).strip()
            found.append(Suggestion(question=candidate.question, answer=said, likely=likely))
    return found[:MOST]


def _about_the_shop(base: Foundation) -> Mapping[str, str]:
    """What answers may say of the shop, by the names of their variables."""
    return {"shop": base.settings.service.shop_name, "hours": base.settings.service.hours or ""}


def _after_sales(base: Foundation) -> AfterSalesDesk:
    def changed() -> None:
        for work in (Work.ERRANDS, Work.SENDS):
            base.wakeups.notify(work)

    return AfterSalesDesk(
        database=base.database,
        now=base.clock.now,
        real_ms=now_ms,
        promises=promises_of(base.settings),
        refund_limit_fen=base.settings.after_sales.refund_limit_fen,
        changed=changed,
    )


def _customers(base: Foundation) -> CustomersDesk:
    settings = base.settings
    key = secret_text(settings.customers.key)
    return CustomersDesk(
        base.database,
        settings.database,
        settings.customers,
        keys=CustomerKeys(key) if key else None,
        accounts=tuple(filter(None, (settings.official.original_id,))),
        now=base.clock.now,
    )


async def _labels(base: Foundation) -> Sequence[LabelledQuestion]:
    """The labelled log, as long as it is kept."""
    now = base.clock.now()
    since = now - timedelta(days=base.settings.knowledge_base.questions_days)

    async def read(connection: AsyncConnection) -> Sequence[LabelledQuestion]:
        return labelled_questions(await all_labels(connection, since, now))

    return await read_aside(base.settings.database, read)


def _wecom_login(base: Foundation) -> WecomLogin | None:
    settings, api = base.settings, base.platforms.wecom_api
    if api is None or not settings.console.wecom_login:
        return None
    return WecomLogin(
        base=settings.console.wecom_login_base,
        corp_id=settings.wecom.corp_id,
        agent_id=settings.wecom.agent_id,
        public_url=settings.web.public_url,
        member_of=asking(api),
    )


def asking(api: QyApi) -> Callable[[str], Awaitable[str | None]]:
    async def userid_of(code: str) -> str | None:
        match await member_of(api, code):
            case Member(userid=userid):
                return userid
            case Outsider():
                log.info("console.wecom_outsider")
            case failure:
                log.warning("console.wecom_not_recognised", reason=failure.reason)
        return None

    return userid_of
