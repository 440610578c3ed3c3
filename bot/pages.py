"""The console, put together: which parts it has is read here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.people_said import people_said
from bot.wiring import Foundation
from channels.wecom.api import QyApi
from channels.wecom.identity import Member, Outsider, member_of
from console.app import create_console
from console.gaps.desk import GapsDesk
from console.gaps.pages import gaps_pages
from console.ground import lay_ground
from console.knowledge.desk import EditorsDesk, LiveKnowledge
from console.knowledge.pages import knowledge_pages
from console.web.assets import PackagesMissing
from console.wecom_login import WecomLogin
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.mining.label_store import all_labels
from knowledge_base.mining.labels import labelled_questions
from storage.reading_aside import read_aside

log = structlog.get_logger()


def console_of(base: Foundation, live: LiveKnowledge) -> web.Application | None:
    """None: switched off, or without its packages; customers are served all the same. ``live`` answers them."""
    settings = base.settings
    if not settings.console.enabled:
        return None
    ground = lay_ground(settings.console, base.database)
    desk = EditorsDesk(settings.knowledge_base, live, labels=partial(_labels, base), now=base.clock.now)
    gaps = GapsDesk(desk, base.database, settings.database, said=people_said)
    try:
        console = create_console(
            settings.console,
            ground,
            shop_name=settings.service.shop_name,
            public_url=settings.web.public_url,
            wecom=_wecom_login(base),
            more=(knowledge_pages(desk, ground.audit), gaps_pages(gaps, ground.audit)),
        )
    except PackagesMissing as missing:
        log.error("console.not_served", problem=str(missing))
        return None

    async def close(app: web.Application) -> None:
        desk.close()

    console.on_cleanup.append(close)
    return console


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
