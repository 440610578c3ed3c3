"""Every published change: who, why, what is different, and the way back."""

from __future__ import annotations

from aiohttp import web

from console.knowledge.desk import EditorsDesk
from console.knowledge.proposal import Kind
from console.knowledge.publishing_screen import PublishingScreen
from console.knowledge.words import ACT_TITLES
from console.web.rendering import page
from console.web.visit import Visit
from knowledge_base.editing.diffing import diff, diff_change
from knowledge_base.editing.revisions import Revision, state_at

PAGE = 20
SHOWN = 100
"""Entries of a revision that are shown; an import may have thousands."""


class HistoryScreen:
    def __init__(self, desk: EditorsDesk, publishing: PublishingScreen) -> None:
        self._desk = desk
        self._publishing = publishing

    async def list(self, visit: Visit) -> web.StreamResponse:
        revisions = (await self._desk.revisions())[::-1]
        below = visit.request.query.get("below", "")
        if below.isascii() and below.isdigit():
            revisions = tuple(each for each in revisions if each.number < int(below))
        return await page(
            visit,
            "knowledge/history.html",
            tab="history",
            revisions=revisions[:PAGE],
            older=revisions[PAGE - 1].number if len(revisions) > PAGE else None,
            acts=ACT_TITLES,
        )

    async def show(self, visit: Visit) -> web.StreamResponse:
        """``?with=now``: not what the revision changed, but what is different from it today."""
        revisions = await self._desk.revisions()
        revision = _revision(visit, revisions)
        compared = visit.request.query.get("with") == "now"
        if compared:
            newest = len(revisions)
            diffs = await self._desk.light(
                lambda: diff(state_at(revisions, revision.number), state_at(revisions, newest))
            )
        else:
            diffs = tuple(diff_change(change) for change in revision.changes.entries)
        return await page(
            visit,
            "knowledge/revision.html",
            tab="history",
            revision=revision,
            newest=len(revisions),
            compared=compared,
            diffs=diffs[:SHOWN],
            more=max(0, len(diffs) - SHOWN),
            acts=ACT_TITLES,
        )

    async def propose_rollback(self, visit: Visit) -> web.StreamResponse:
        revision = _revision(visit, await self._desk.revisions())
        title = f"回到第 {revision.number} 版"
        return await self._publishing.propose(visit, Kind.ROLLBACK, title=title, number=revision.number)


def _revision(visit: Visit, revisions: tuple[Revision, ...]) -> Revision:
    number = int(visit.request.match_info["number"])
    if not 1 <= number <= len(revisions):
        raise web.HTTPNotFound
    return revisions[number - 1]
