"""Finding the entry that somebody means: the nearest ones to a question, or those that hold some words."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from console.gaps.desk import GapsDesk
from console.knowledge.catalogue import Sought, listing
from console.web.rendering import fragment
from console.web.visit import Visit
from conversations.errors import XiaoerError
from knowledge_base.entry import Entry

MOST = 8
MAX_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Picks:
    """Entries to choose from. ``near``: nearest to the question; else they hold the words."""

    entries: tuple[Entry, ...]
    near: bool


class Picking:
    def __init__(self, desk: GapsDesk) -> None:
        self._desk = desk

    async def show(self, visit: Visit) -> web.StreamResponse:
        """``?q=`` words; without them the nearest to ``?to=``. ``?as=radio``: to tick, else to press."""
        query = visit.request.query
        words, text = query.get("q", "").strip()[:MAX_TEXT], query.get("to", "").strip()[:MAX_TEXT]
        picks = await (self._holding(words) if words else self._nearest(text))
        return await fragment(
            visit, "gaps/picks.html", picks=picks, words=words, to_tick=query.get("as") == "radio"
        )

    async def _holding(self, words: str) -> Picks:
        editors = self._desk.editors
        entries = await editors.entries()
        found = await editors.light(
            lambda: listing(entries, Sought(text=words), today=editors.today, drafted=())
        )
        lines = found.lines[:MOST]
        if not lines:
            return await self._nearest(words)
        return Picks(entries=tuple(line.entry for line in lines), near=False)

    async def _nearest(self, text: str) -> Picks:
        """None when nothing was asked, or too many ask now."""
        if not text:
            return Picks(entries=(), near=True)
        try:
            verdict = await self._desk.editors.live.explain(text)
        except XiaoerError:
            return Picks(entries=(), near=True)
        stored = {entry.id: entry for entry in await self._desk.editors.entries()}
        near = [stored[each.entry_id] for each in verdict.ranked if each.entry_id in stored]
        return Picks(entries=tuple(near[:MOST]), near=True)
