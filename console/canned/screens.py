"""The pages where canned replies are written: everybody's by those who lead, their own by each agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from console.audit.log import AuditLog
from console.canned.choosing import then
from console.desk.words import CHOSEN_ENDINGS, ENDINGS
from console.permissions import Permission
from console.web.rendering import go, page
from console.web.visit import Visit
from conversations.clock import Clock
from escalation.canned import (
    EVERYBODYS,
    GAPS,
    CannedReply,
    NameTaken,
    problem_of,
    remove,
    save,
    usable,
    usable_one,
)
from storage.database import Database

ROOT = "/canned"
TAKEN = "已经有一条叫“{name}”的了，换个名字，或者去改那一条"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """``then``: what else is done with it, in words. ``changeable``: by the visitor."""

    reply: CannedReply
    then: str
    changeable: bool

    @property
    def everybodys(self) -> bool:
        return self.reply.owner == EVERYBODYS


class CannedScreens:
    def __init__(self, database: Database, audit: AuditLog, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    async def list(self, visit: Visit) -> web.StreamResponse:
        async with self._database.reading() as connection:
            replies = await usable(connection, visit.account.login)
        listed = [
            Listed(reply=reply, then=then(reply), changeable=_may_change(visit, reply)) for reply in replies
        ]
        return await page(visit, "canned/list.html", listed=listed)

    async def ask_new(self, visit: Visit) -> web.StreamResponse:
        leads = visit.may(Permission.DESK_SUPERVISE)
        new = CannedReply(name="", text="", owner=EVERYBODYS if leads else visit.account.login)
        return await self._form(visit, new)

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await self._form(visit, await self._reply(visit))

    async def add(self, visit: Visit) -> web.StreamResponse:
        return await self._saved(visit, CannedReply(name="", text="", owner=visit.account.login))

    async def change(self, visit: Visit) -> web.StreamResponse:
        return await self._saved(visit, await self._reply(visit))

    async def remove(self, visit: Visit) -> web.StreamResponse:
        reply = await self._reply(visit)
        async with self._database.writing() as connection:
            await remove(connection, reply.id)
            await self._audit.append(
                connection, visit.act("canned.removed", f"canned:{reply.id}", {"name": reply.name})
            )
        return await go(visit, ROOT, say=f"“{reply.name}”删掉了")

    async def _saved(self, visit: Visit, before: CannedReply) -> web.StreamResponse:
        reply = _typed(await visit.form(), before, visit)
        if problem := problem_of(reply):
            return await self._form(visit, reply, problem=problem, status=422)
        try:
            async with self._database.writing() as connection:
                await save(connection, reply, by=visit.account.login, at=self._clock.now())
                await self._audit.append(
                    connection, visit.act("canned.saved", f"canned:{reply.name}", {"id": reply.id})
                )
        except NameTaken:
            taken = TAKEN.format(name=reply.name)
            return await self._form(visit, reply, problem=taken, status=409)
        return await go(visit, ROOT, say=f"“{reply.name}”存好了，在工作台打 / 就能用")

    async def _reply(self, visit: Visit) -> CannedReply:
        """Raises HTTPNotFound where there is none that the visitor may change."""
        async with self._database.reading() as connection:
            reply = await usable_one(connection, visit.account.login, int(visit.request.match_info["id"]))
        if reply is None or not _may_change(visit, reply):
            raise web.HTTPNotFound
        return reply

    async def _form(
        self, visit: Visit, reply: CannedReply, *, problem: str = "", status: int = 200
    ) -> web.StreamResponse:
        return await page(
            visit,
            "canned/form.html",
            status=status,
            reply=reply,
            problem=problem,
            gaps=tuple(GAPS.values()),
            endings=[(each.value, ENDINGS[each]) for each in CHOSEN_ENDINGS],
        )


def _may_change(visit: Visit, reply: CannedReply) -> bool:
    return reply.owner == visit.account.login or visit.may(Permission.DESK_SUPERVISE)


def _typed(form: Mapping[str, str], before: CannedReply, visit: Visit) -> CannedReply:
    ending = next((each for each in CHOSEN_ENDINGS if each.value == form.get("ending", "")), None)
    everybodys = form.get("whose") == "all" and visit.may(Permission.DESK_SUPERVISE)
    return CannedReply(
        id=before.id,
        owner=EVERYBODYS if everybodys else visit.account.login,
        name=form.get("name", "").strip(),
        text=form.get("text", "").replace("\r\n", "\n").strip(),
        note=form.get("note", "").strip(),
        ending=ending,
    )
