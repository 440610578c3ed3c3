"""Conflicts, duplicates and what else editors should look at."""

from __future__ import annotations

from aiohttp import web

from console.knowledge.desk import EditorsDesk
from console.web.rendering import fragment, page
from console.web.visit import Visit
from knowledge_base.serving import Unserved

SHOWN = 50
UNSERVED_TITLES = {Unserved.DISABLED: "已停用", Unserved.NOT_YET: "还没到日期", Unserved.OVER: "已过期"}


class CheckupScreen:
    def __init__(self, desk: EditorsDesk) -> None:
        self._desk = desk

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await page(visit, "knowledge/checkup.html", tab="checkup")

    async def check(self, visit: Visit) -> web.StreamResponse:
        now = self._desk.now()
        found = await self._desk.heavy(lambda: self._desk.bench.check_up(now=now))
        entries = {entry.id: entry for entry in await self._desk.entries()}
        return await fragment(
            visit,
            "knowledge/findings.html",
            found=found,
            entries=entries,
            shown=SHOWN,
            unserved=UNSERVED_TITLES,
        )
