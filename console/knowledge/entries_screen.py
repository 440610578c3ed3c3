"""The list of entries, with a box to try what customers would get."""

from __future__ import annotations

from aiohttp import web

from console.knowledge.catalogue import STATE_TITLES, State, categories_of, listing, sought_of
from console.knowledge.desk import EditorsDesk
from console.knowledge.saying import told
from console.knowledge.words import CHANNEL_TITLES
from console.web.rendering import fragment, page
from console.web.visit import Visit
from conversations.address import Channel
from conversations.errors import XiaoerError
from knowledge_base.decision import Refuse
from knowledge_base.editing.trying import said_to
from knowledge_base.serving import Asker

MAX_QUESTION = 512


class EntriesScreen:
    def __init__(self, desk: EditorsDesk) -> None:
        self._desk = desk

    async def list(self, visit: Visit) -> web.StreamResponse:
        sought = sought_of(visit.request.query)
        entries = await self._desk.entries()
        drafts = await self._desk.drafts()
        drafted = {draft.entry_id for draft in drafts if draft.entry_id}
        found = await self._desk.light(
            lambda: listing(entries, sought, today=self._desk.today, drafted=drafted)
        )
        return await page(
            visit,
            "knowledge/entries.html",
            tab="entries",
            found=found,
            sought=sought,
            total=len(entries),
            drafts=len(drafts),
            categories=categories_of(entries),
            state_titles=STATE_TITLES,
            State=State,
            channel_titles=CHANNEL_TITLES,
        )

    async def try_live(self, visit: Visit) -> web.StreamResponse:
        """What customers would get now."""
        form = await visit.form()
        text = form.get("text", "").strip()[:MAX_QUESTION]
        if not text:
            return await fragment(
                visit, "knowledge/told_nothing.html", problem="写一句顾客会问的话，再点“试一试”。"
            )
        channel, segments = asked_by(form)
        asker = Asker(today=self._desk.today, channel=channel, segments=segments)
        try:
            verdict = await self._desk.live.explain(text, asker=asker)
            every = await self._desk.live.explain(text) if isinstance(verdict.decision, Refuse) else verdict
        except XiaoerError:
            return await fragment(
                visit, "knowledge/told_nothing.html", problem="现在问的人太多，等几秒再试。"
            )
        said = said_to(asker, verdict, every, self._desk.live.entry)
        return await fragment(visit, "knowledge/told_live.html", text=text, told=told(said))


def asked_by(form: dict[str, str]) -> tuple[Channel | None, tuple[str, ...]]:
    """On which channel, and as whom, the editor tries."""
    channel, segment = form.get("try_channel", ""), form.get("try_segment", "").strip()
    return (Channel(channel) if channel in set(Channel) else None), ((segment,) if segment else ())
