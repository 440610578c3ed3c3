"""What is taken from the corp's callbacks at the door: bells, changes of customer groups, new customers to greet.

Each is on disk before the callback is acknowledged, and each may come twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import structlog

from bot.inbox import ensure_conversations
from bot.pulling.bells import Bells, bell_in
from bot.wakeups import Wakeups, Work
from bot.wecom_tags import TagNews
from channels.limits.windows import CONTACT_WELCOME_CODE
from channels.sealing import OpenedCallback
from channels.wecom.group_store import GroupStore
from channels.wecom.roster import read_change
from channels.wecom.settings import WecomSettings
from conversations.address import Address, Channel
from conversations.clock import Clock
from conversations.replies import CodedReply, EventCode, ReplyKind, TextReply, to_stored
from storage.database import Database
from storage.outbox import OutboxDraft, say_once
from storage.times import now_ms, to_ms

log = structlog.get_logger()

_NEW_CUSTOMER = ("add_external_contact", "add_half_external_contact")


class CorpEvents:
    def __init__(self, settings: WecomSettings, database: Database, wakeups: Wakeups, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._wakeups = wakeups
        self._clock = clock
        self._bells = Bells(database)
        self._groups = GroupStore(database)
        self._tags = TagNews(database)

    async def take(self, opened: OpenedCallback) -> bool:
        """True: that was all there is to it. False: the callback goes on to the inbox like every other."""
        bell = bell_in(opened.fields, to_ms(self._clock.now()))
        if bell is not None:
            if bell.account not in self._settings.kefu.accounts:
                log.warning(
                    "kefu.unknown_account", account=bell.account, cure="add it to wecom.kefu.accounts"
                )
                return True
            await self._bells.ring(bell)
            self._wakeups.notify(Work.PULLS)
            return True
        if self._settings.customer_tags:
            await self._tags.take(opened.fields)
        change = read_change(opened.fields) if self._settings.customer_groups else None
        if change is not None:
            await self._groups.apply(change)
        elif self._settings.welcome:
            await self._greet(opened)
        return False

    async def _greet(self, opened: OpenedCallback) -> None:
        """Writes the greeting of a customer whom a member has just added (WeCom 92130, 92137)."""
        draft = greeting(opened.fields, self._settings, key=opened.key, now=self._clock.now())
        if draft is None:
            return
        address = Address.parse(draft.conversation_id)
        async with self._database.writing() as connection:
            await ensure_conversations(connection, {address.conversation_id: address}, now_ms())
            await say_once(connection, draft)
        self._wakeups.notify(Work.CODES)


def greeting(
    fields: Mapping[str, object], settings: WecomSettings, *, key: str, now: datetime
) -> OutboxDraft | None:
    """The greeting that a change_external_contact event pays for; None for other events and codes that have ended."""
    code, customer = fields.get("WelcomeCode"), fields.get("ExternalUserID")
    if str(fields.get("Event")).lower() != "change_external_contact":
        return None
    if fields.get("ChangeType") not in _NEW_CUSTOMER or not code or not customer:
        return None
    expires_at = _created(fields, now) + CONTACT_WELCOME_CODE.lasts
    if expires_at <= now:
        return None
    reply = CodedReply(
        code=EventCode(code=str(code), expires_at=expires_at), reply=TextReply(text=settings.welcome)
    )
    # The customer is no member and never writes here; the corp's account keeps the two apart.
    to = Address(channel=Channel.WECOM, account=settings.corp_id, peer=str(customer))
    return OutboxDraft(
        key=f"{key}:welcome",
        conversation_id=to.conversation_id,
        epoch=0,
        kind=ReplyKind.TRANSITION,
        body=to_stored(reply),
        created_ms=now_ms(),
        by_code=True,
    )


def _created(fields: Mapping[str, object], now: datetime) -> datetime:
    """When the platform says it happened; a time in the future counts as now."""
    text = str(fields.get("CreateTime", ""))
    if not text.isdecimal() or len(text) > 12:
        return now - timedelta(seconds=1)
    return min(now, datetime.fromtimestamp(int(text), UTC))
