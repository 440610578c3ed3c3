"""Watches over what customers were promised: warns before it is broken, and hears customers who were asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config import Settings
from bot.inbox import ensure_conversations
from bot.wakeups import Wakeups, Work
from conversations.clock import Clock
from conversations.replies import ReplyKind, TextReply, to_stored
from escalation import slow_replies
from escalation.after_sales.round import answers_heard, warn
from escalation.after_sales.store import Promises
from escalation.telling import Telling
from handlers.case_card import member_addresses
from storage.database import Database
from storage.outbox import OutboxDraft, say_once
from storage.times import now_ms

log = structlog.get_logger()

_LOOK_SECONDS = 5.0


def promises_of(settings: Settings) -> Promises:
    return Promises(hours=settings.desk.service_hours(), rules=settings.after_sales.rules())


class PromiseWatch:
    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._promises = promises_of(settings)
        self._agent_id = settings.wecom.agent_id if settings.wecom.enabled else None
        self._members = settings.staff.members
        self._console = f"{settings.web.public_url}/console"

    async def round(self) -> int:
        """How many warnings are to be sent."""
        now = self._clock.now()
        async with self._database.writing() as connection:
            await answers_heard(connection, self._promises, now)
            url, hours = self._console, self._promises.hours
            told = await warn(
                connection, self._promises, now, members=self._members, url=f"{url}/after-sales"
            )
            told += await slow_replies.warn(connection, hours, now, members=self._members, url=f"{url}/desk")
            return await self._say(connection, told)

    async def _say(self, connection: AsyncConnection, told: Sequence[Telling]) -> int:
        """In the WeCom app, each once; without it the console shows what is late."""
        if self._agent_id is None:
            return 0
        real_ms, said = now_ms(), 0
        for each in told:
            (address,) = member_addresses([each.userid], agent_id=self._agent_id)
            await ensure_conversations(connection, {address.conversation_id: address}, real_ms)
            draft = OutboxDraft(
                key=each.key,
                conversation_id=address.conversation_id,
                epoch=0,
                kind=ReplyKind.NOTICE,
                body=to_stored(TextReply(text=each.text)),
                created_ms=real_ms,
            )
            said += await say_once(connection, draft)
        return said


async def keep_promises(watch: PromiseWatch, wakeups: Wakeups) -> None:
    """Ends never."""
    while True:
        try:
            if await watch.round():
                wakeups.notify(Work.SENDS)
        except SQLAlchemyError as error:
            log.warning("after_sales.database_failed", error=type(error).__name__)
        await asyncio.sleep(_LOOK_SECONDS)
