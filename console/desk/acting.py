"""What agents do at the desk: each deed and its line in the log in one transaction; a refusal in their own words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.audit.log import AuditLog
from console.desk.desk import AgentsDesk
from console.desk.lines import names_of_agents
from console.desk.words import CHOSEN_ENDINGS, person
from console.permissions import Permission
from console.web.rendering import CHINA
from console.web.visit import Visit
from conversations.address import Address, ConversationId
from conversations.after_sales import AfterSalesWish
from conversations.replies import TextReply
from escalation import mentions, service_store, serving, speaking
from escalation.after_sales.case import AfterSalesKey
from escalation.after_sales.opening import open_by_agent
from escalation.canned import CannedReply, unfilled, usable_one
from escalation.ownership import Busy, Unknown
from escalation.routing import Tier
from escalation.service import Ending, NotNow
from escalation.service_store import EventKind
from escalation.serving import Moment
from escalation.speaking import LONGEST_MARK
from storage.people_schema import agents

SOMEBODY_ELSE = "{who}正在接待这位顾客"
OVER = "这次服务已经结束了"
GONE = "没有找到这个对话"
SPEAKING = "店小二正在说话，过几秒再点一次"
NOBODY = "请选一位同事"
RESERVED = "这位是 VIP 顾客，先等专属管家来接；等久了会自动转给大家"
EMPTY = "先写点什么"
UNFILLED = "{gap} 还没填上，改好再发"
LONGEST_NOTE = 1_000

Deed = Callable[[AsyncConnection], Awaitable[object]]


class Refused(Exception):
    """``str``: why, as the agent reads it."""


class Acting:
    def __init__(self, desk: AgentsDesk, audit: AuditLog) -> None:
        self._desk = desk
        self._audit = audit

    async def claim(self, visit: Visit, where: ConversationId) -> None:
        async def deed(connection: AsyncConnection) -> object:
            at = self._desk.moment()
            service = await service_store.under_way(connection, where)
            if service is not None and not service.is_open_to(
                visit.account.login,
                vip=visit.may(Permission.DESK_ANSWER_VIP),
                now=at.now,
                pool_after=self._desk.rules.pool_after,
            ):
                raise Refused(RESERVED)
            return await serving.claim(connection, where, visit.account.login, Tier.CHOSEN, at)

        await self._done(visit, where, "desk.claimed", deed)

    async def say(self, visit: Visit, where: ConversationId, text: str, mark: str, canned: str = "") -> None:
        """``mark``: of the page, for this message: a second click says nothing twice. ``canned``: the id of the canned
        reply that it was made from, whose note is written and whose ending is done with it; or nothing.
        """
        limits = self._desk.limits(Address.parse(where))
        login, at = visit.account.login, self._desk.moment()

        async def deed(connection: AsyncConnection) -> object:
            said = await speaking.say(
                connection,
                where,
                by=login,
                reply=TextReply(text=text),
                mark=mark,
                max_text_bytes=limits.max_text_bytes,
                at=at,
            )
            made_from = await usable_one(connection, login, int(canned)) if _is_id(canned) else None
            if made_from is not None and said.new:
                await self._follow_up(connection, where, made_from, login, at)
            return said

        if not text.strip():
            raise Refused(EMPTY)
        if gap := unfilled(text):
            raise Refused(UNFILLED.format(gap=gap))
        await self._done(visit, where, "desk.said", deed, {"canned": int(canned)} if _is_id(canned) else None)

    async def _follow_up(
        self, connection: AsyncConnection, where: ConversationId, canned: CannedReply, login: str, at: Moment
    ) -> None:
        """What a canned reply does once it is said."""
        if canned.note:
            await serving.remark(connection, where, EventKind.NOTE, by=login, text=canned.note, at=at)
        if canned.ending is not None:
            await serving.end(
                connection,
                where,
                by=login,
                ending=canned.ending,
                at=at,
                survey=self._desk.survey,
            )

    async def hand_on(self, visit: Visit, where: ConversationId, to: str, why: str) -> None:
        async def deed(connection: AsyncConnection) -> object:
            known = await connection.execute(select(agents.c.login).where(agents.c.login == to))
            if known.one_or_none() is None:
                raise Refused(NOBODY)
            return await serving.hand_on(
                connection, where, by=visit.account.login, to=to, at=self._desk.moment(), why=_short(why)
            )

        await self._done(visit, where, "desk.handed_on", deed, {"to": to})

    async def take_over(self, visit: Visit, where: ConversationId) -> None:
        login = visit.account.login

        async def deed(connection: AsyncConnection) -> object:
            return await serving.hand_on(
                connection, where, by=login, to=login, at=self._desk.moment(), supervisor=True
            )

        await self._done(visit, where, "desk.taken_over", deed)

    async def give_back(self, visit: Visit, where: ConversationId, why: str) -> None:
        async def deed(connection: AsyncConnection) -> object:
            return await serving.give_back(
                connection, where, by=visit.account.login, at=self._desk.moment(), why=_short(why)
            )

        await self._done(visit, where, "desk.given_back", deed)

    async def end(self, visit: Visit, where: ConversationId, ending: str, why: str) -> None:
        chosen = next((each for each in CHOSEN_ENDINGS if each.value == ending), Ending.SOLVED)

        async def deed(connection: AsyncConnection) -> object:
            return await serving.end(
                connection,
                where,
                by=visit.account.login,
                ending=chosen,
                at=self._desk.moment(),
                why=_short(why),
                survey=self._desk.survey,
            )

        await self._done(visit, where, "desk.ended", deed, {"ending": chosen.value})

    async def snooze(self, visit: Visit, where: ConversationId, until: str) -> None:
        at = self._desk.moment()

        async def deed(connection: AsyncConnection) -> object:
            return await serving.snooze(
                connection, where, by=visit.account.login, until=snoozed_until(until, at.now), at=at
            )

        await self._done(visit, where, "desk.snoozed", deed)

    async def open_after_sales(
        self, visit: Visit, where: ConversationId, wish: AfterSalesWish, mark: str
    ) -> None:
        """``mark``: of the page, for this case: a second click opens nothing twice."""
        if not wish.why.strip():
            raise Refused(EMPTY)

        async def deed(connection: AsyncConnection) -> object:
            return await open_by_agent(
                connection,
                where,
                wish,
                by=visit.account.login,
                promises=self._desk.promises,
                at=self._desk.now(),
                key=AfterSalesKey(f"desk:{visit.account.login}:{mark[:LONGEST_MARK]}:case"),
            )

        await self._done(visit, where, "desk.after_sales", deed, {"kind": wish.kind.value})

    async def remark(
        self, visit: Visit, where: ConversationId, kind: EventKind, text: str, whom: str = ""
    ) -> None:
        if not text.strip():
            raise Refused(EMPTY)

        async def deed(connection: AsyncConnection) -> object:
            login, at, words = visit.account.login, self._desk.moment(), _short(text)
            await serving.remark(connection, where, kind, by=login, text=words, at=at, whom=whom)
            if kind is EventKind.NOTE:
                asked = mentions.mentioned(words, await names_of_agents(connection))
                await mentions.mention(connection, where, asked, by=login, text=words, real_ms=at.real_ms)
            return None

        act = "desk.whispered" if kind is EventKind.WHISPER else "desk.noted"
        await self._done(visit, where, act, deed)

    async def _done(
        self,
        visit: Visit,
        where: ConversationId,
        act: str,
        deed: Deed,
        details: dict[str, object] | None = None,
    ) -> None:
        """Raises Refused."""
        try:
            async with self._desk.database.writing() as connection:
                done = await deed(connection)
                if isinstance(done, Busy):
                    raise Refused(SPEAKING)
                await self._audit.append(connection, visit.act(act, f"conversation:{where}", details or {}))
        except NotNow as refused:
            raise Refused(await self._why(refused)) from refused
        except Unknown as unknown:
            raise Refused(GONE) from unknown
        except ValueError as error:
            raise Refused(str(error)) from error
        self._desk.changed()

    async def _why(self, refused: NotNow) -> str:
        if refused.agent is None:
            return OVER
        async with self._desk.database.reading() as connection:
            return SOMEBODY_ELSE.format(who=person(refused.agent, await names_of_agents(connection)))


def snoozed_until(choice: str, now: datetime) -> datetime:
    """``hour``, ``evening`` (19:00, Beijing time) or ``tomorrow`` (9:00)."""
    local = now.astimezone(CHINA)
    if choice == "evening" and local.hour < 19:
        return local.replace(hour=19, minute=0, second=0, microsecond=0)
    if choice == "tomorrow":
        return (local + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    return now + timedelta(hours=1)


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) <= 15


def _short(text: str) -> str:
    return text.strip()[:LONGEST_NOTE]
