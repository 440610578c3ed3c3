"""Single questions of the log, to say what was right, wrong, or would have been right."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from console.audit.log import AuditLog
from console.gaps.browsing import SHOWN_TITLES, Browsed, Shown, browse, browsed, sought_of
from console.gaps.desk import GapsDesk
from console.gaps.words import (
    JUDGEMENT_TITLES,
    MARK_TITLES,
    RATING_TITLES,
    REACTION_TITLES,
    SOURCE_TITLES,
)
from console.permissions import Permission
from console.web.rendering import fragment, go, page
from console.web.visit import Visit
from conversations.questions import Reaction
from knowledge_base.entry import EntryId
from knowledge_base.mining.label_store import add_label
from knowledge_base.mining.labels import Judgement, Label, LabelSource
from knowledge_base.mining.questions import MarkKind

WEAKER = "知识编辑标过这一句，以编辑的为准；您的也记下了"


class LabelsScreen:
    def __init__(self, desk: GapsDesk, audit: AuditLog) -> None:
        self._desk = desk
        self._audit = audit

    async def list(self, visit: Visit) -> web.StreamResponse:
        sought = sought_of(visit.request.query)
        now = self._desk.editors.now()
        found = await self._desk.read(lambda connection: browse(connection, sought, now=now))
        return await page(
            visit,
            "gaps/labels.html",
            tab="labels",
            sought=sought,
            found=found,
            shown_titles=SHOWN_TITLES,
            Shown=Shown,
            **await self._words(),
        )

    async def label(self, visit: Visit) -> web.StreamResponse:
        """Keeps what somebody says. Saying it again, or otherwise, takes the place of what the same person's kind said
        before; nothing is removed.
        """
        number = int(visit.request.match_info["number"])
        line = await self._line(number)
        sent = await visit.form()
        label = await self._label(visit, line, sent)
        if label is None:
            raise web.HTTPUnprocessableEntity(text="这样标不了，请刷新后再试")
        async with self._desk.database.writing() as connection:
            added = await add_label(connection, label)
            details: dict[str, object] = {"judgement": label.judgement.value}
            if label.entry_id:
                details["entry"] = str(label.entry_id)
            await self._audit.append(connection, visit.act("gaps.labelled", f"label:{added}", details))
        again = await self._line(number)
        weaker = again.label is not None and again.label.source is not label.source
        if not visit.is_fragment:
            return await go(visit, "/gaps/labels", say=WEAKER if weaker else "标好了")
        return await fragment(
            visit, "gaps/label_card.html", line=again, note=WEAKER if weaker else "", **await self._words()
        )

    async def _line(self, number: int) -> Browsed:
        found = await self._desk.read(lambda connection: browsed(connection, number))
        if found is None:
            raise web.HTTPNotFound
        return found

    async def _label(self, visit: Visit, line: Browsed, sent: dict[str, str]) -> Label | None:
        """None when it makes no sense for the question."""
        if line.question.leans:
            return None
        named = sent.get("judgement", "")
        # A pressed entry says by itself that it should be that one.
        judgement = Judgement(named) if named in set(Judgement) else None
        if sent.get("entry"):
            judgement = Judgement.SHOULD_BE
        entry_id: EntryId | None = None
        match judgement:
            case Judgement.RIGHT | Judgement.WRONG:
                entry_id = line.question.answered_by
            case Judgement.SHOULD_BE:
                entries = {entry.id for entry in await self._desk.editors.entries()}
                entry_id = EntryId(sent.get("entry", ""))
                entry_id = entry_id if entry_id in entries else None
        if judgement is None or (entry_id is None) != (judgement is Judgement.NO_ENTRY):
            return None
        editor = visit.may(Permission.KNOWLEDGE_EDIT)
        return Label(
            text=line.question.text,
            judgement=judgement,
            entry_id=entry_id,
            source=LabelSource.EDITOR if editor else LabelSource.AGENT,
            author=visit.account.login,
            at=self._desk.editors.now(),
            question=line.question.key,
        )

    async def _words(self) -> dict[str, Any]:
        return {
            "entries": {entry.id: entry for entry in await self._desk.editors.entries()},
            "reactions": REACTION_TITLES,
            "judgements": JUDGEMENT_TITLES,
            "sources": SOURCE_TITLES,
            "marks": MARK_TITLES,
            "ratings": RATING_TITLES,
            "MarkKind": MarkKind,
            "Reaction": Reaction,
            "Judgement": Judgement,
        }
