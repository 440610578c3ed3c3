"""The monthly statement of what customers of high value were promised and given."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from aiohttp import web

from console.desk.lines import names_of_agents
from console.levels.screen import LevelsDesk, conversations_of, percent, seconds
from console.web.rendering import page
from console.web.visit import Visit
from escalation.levels import served_between
from escalation.statement import Month, month_of, statements_of


class StatementScreen:
    def __init__(self, desk: LevelsDesk) -> None:
        self._desk = desk

    async def show(self, visit: Visit) -> web.StreamResponse:
        """``?month=2026-11``; this month without."""
        now = self._desk.now()
        month = month_of(visit.request.query.get("month", ""), now)
        async with self._desk.database.reading() as connection:
            served = await served_between(connection, month.start, month.end)
            names = await names_of_agents(connection)
        found = await asyncio.to_thread(statements_of, served, self._desk.hours, month.end)
        return await page(
            visit,
            "levels/statement.html",
            month=month,
            earlier=month_of(_before(month), now),
            later=None if month.end == now else month_of(_after(month), now),
            statements=[(names.get(each.own, each.own) or "合计", each) for each in found],
            unsettled=conversations_of(found[0].unsettled),
            percent=percent,
            seconds=seconds,
        )


def _before(month: Month) -> str:
    return f"{month.start - timedelta(days=1):%Y-%m}"


def _after(month: Month) -> str:
    return f"{month.start + timedelta(days=32):%Y-%m}"
