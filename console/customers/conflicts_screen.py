"""Conflicts of identity: a person insists on the link, keeps the two apart, or takes either back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from console.audit.log import AuditLog
from console.customers.conflicts import Conflict, Found, conflicts_with, find_conflicts
from console.customers.desk import CustomersDesk
from console.customers.kept import Kept
from console.customers.telling import short_moment, whole_yuan
from console.customers.words import SEGMENT_COLOURS
from console.masking import mask_text
from console.paging import page_of, page_sought
from console.web.rendering import go, page
from console.web.visit import Visit
from customers.profile.names import SEGMENTS

PAGE = 10
LONGEST_REASON = 200
NO_REASON = "写一句为什么，以后大家才看得懂"
GONE = "这一处已经有人处理过了"

Deed = Callable[[AsyncConnection, int, str, int], Awaitable[None]]
"""Of a link, by a login, at a time (ms). Raises LookupError when it was undone already."""


class ConflictsScreen:
    def __init__(self, desk: CustomersDesk, audit: AuditLog) -> None:
        self._desk = desk
        self._audit = audit
        self._found = Kept(self._find)

    async def list(self, visit: Visit) -> web.StreamResponse:
        """Those that wait; with ``shown=insisted`` those that somebody joined against the rules."""
        insisted = visit.request.query.get("shown") == "insisted"
        found = await self._found.get()
        number = page_sought(visit.request.query)
        ids = page_of(found.insisted if insisted else found.open, number, size=PAGE)

        async def read(connection: AsyncConnection) -> list[Conflict]:
            return await conflicts_with(connection, ids.lines, self._desk.keys)

        now_ms = self._desk.now_ms
        return await page(
            visit,
            "customers/conflicts.html",
            tab="conflicts",
            insisted=insisted,
            conflicts=[each for each in await self._desk.read(read) if bool(each.insisted_by) is insisted],
            ids=ids,
            counts=(len(found.open), len(found.insisted)),
            segments=SEGMENTS,
            colours=SEGMENT_COLOURS,
            yuan=whole_yuan,
            when=lambda at_ms: short_moment(at_ms, now_ms),
        )

    async def insist(self, visit: Visit) -> web.StreamResponse:
        return await self._decide(
            visit, self._desk.identities.insist, "customer.joined", "好，以后算同一位顾客"
        )

    async def undo(self, visit: Visit) -> web.StreamResponse:
        """Keeps two apart, or parts those who were joined."""
        return await self._decide(visit, self._desk.identities.undo, "customer.parted", "好，以后算两位顾客")

    async def _decide(self, visit: Visit, deed: Deed, act: str, done: str) -> web.StreamResponse:
        form = await visit.form()
        reason = " ".join(form.get("reason", "").split())[:LONGEST_REASON]
        customer = form.get("back", "")
        back = (
            f"/customers/{customer}" if customer.isascii() and customer.isdigit() else "/customers/conflicts"
        )
        if not reason:
            return await go(visit, back, say=NO_REASON, kind="warning")
        link_id = int(visit.request.match_info["link"])
        try:
            async with self._desk.database.writing() as connection:
                await deed(connection, link_id, visit.account.login, self._desk.now_ms)
                logged = visit.act(act, f"link:{link_id}", {"reason": mask_text(reason)})
                await self._audit.append(connection, logged)
        except LookupError:
            return await go(visit, back, say=GONE, kind="warning")
        self._found.forget()
        return await go(visit, back, say=f"{done}，几秒后资料就会重新算好")

    async def _find(self) -> Found:
        return await self._desk.read(find_conflicts)
