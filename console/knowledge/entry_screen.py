"""One entry: its form, its draft, and what the draft would say next to what is live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from console.audit.log import AuditLog
from console.knowledge.catalogue import categories_of, state_of
from console.knowledge.conflicts import conflict_of
from console.knowledge.desk import EditorsDesk
from console.knowledge.entries_screen import MAX_QUESTION, asked_by
from console.knowledge.form import (
    MAX_ROWS,
    AnswerRow,
    EntryForm,
    Errors,
    errors_of,
    fields_of_form,
    form_of_fields,
    form_of_post,
    row_errors,
)
from console.knowledge.saying import told
from console.knowledge.words import CHANNEL_TITLES
from console.web.rendering import fragment, go, page
from console.web.visit import Visit
from knowledge_base.editing.diffing import diff_change
from knowledge_base.editing.drafts import (
    DraftCorrupt,
    DraftId,
    NoSuchDraft,
    SavedDraft,
    fields_of,
    new_draft_id,
)
from knowledge_base.editing.trying import TryOut
from knowledge_base.editing.workbench import put
from knowledge_base.entry import Entry, EntryId
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.variables import VARIABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """What is edited. ``entry`` None: a new one, or one that was removed; ``base``: the revision it began from."""

    entry_id: EntryId | None
    entry: Entry | None
    draft: SavedDraft | None
    base: int


class EntryScreen:
    def __init__(self, desk: EditorsDesk, audit: AuditLog) -> None:
        self._desk = desk
        self._audit = audit

    async def show(self, visit: Visit) -> web.StreamResponse:
        """``?id=`` an entry, with my draft of it; ``?draft=`` a draft of anybody; neither: a new entry."""
        opened = await self._opened(
            visit, visit.request.query.get("id", ""), visit.request.query.get("draft", "")
        )
        fields = opened.draft.fields if opened.draft else fields_of(opened.entry) if opened.entry else {}
        form = form_of_fields(fields)
        errors = errors_of(form, opened.entry_id, await self._desk.entries()) if opened.draft else {}
        return await self._page(visit, opened, form, errors)

    async def save(self, visit: Visit) -> web.StreamResponse:
        """Keeps the text as a draft, whatever is wrong with it."""
        sent = await visit.form()
        opened = await self._opened(visit, sent.get("entry_id", ""), sent.get("draft_id", ""))
        form = await _form(visit)
        if row_errors(form):
            errors = errors_of(form, opened.entry_id, await self._desk.entries())
            return await self._page(visit, opened, form, errors, status=422)
        base = opened.base
        if sent.get("seen", "").isdigit():
            base = max(base, int(sent["seen"]))
        elif opened.draft is None and sent.get("base", "").isdigit():
            base = int(sent["base"])
        draft = SavedDraft(
            id=opened.draft.id if opened.draft else new_draft_id(),
            who=visit.account.login,
            saved_at=self._desk.now(),
            base=base,
            fields=fields_of_form(form),
            entry_id=opened.entry_id,
            origin=opened.draft.origin if opened.draft else "",
        )
        try:
            await self._desk.light(lambda: self._desk.bench.drafts.save(draft))
        except KnowledgeBaseError as problem:
            return await self._page(visit, opened, form, {"question": [str(problem)]}, status=422)
        await self._audit.record(visit.act("knowledge.draft_saved", f"draft:{draft.id}"))
        saved = _Open(entry_id=opened.entry_id, entry=opened.entry, draft=draft, base=base)
        errors = errors_of(form, opened.entry_id, await self._desk.entries())
        if errors:
            return await self._page(visit, saved, form, errors, status=422)
        if conflict_of(draft, await self._desk.revisions()):
            return await self._page(visit, saved, form, {}, status=409)
        if sent.get("then") == "publish":
            return await go(visit, f"/knowledge/drafts?draft={draft.id}", say="草稿已保存，看一眼就可以发布")
        return await go(visit, f"/knowledge/entry?draft={draft.id}", say="草稿已保存，发布后顾客才会看到")

    async def discard(self, visit: Visit) -> web.StreamResponse:
        draft = await self._draft(visit.request.match_info["draft"])
        await self._desk.light(lambda: self._desk.bench.drafts.discard(draft.id))
        await self._audit.record(visit.act("knowledge.draft_discarded", f"draft:{draft.id}"))
        return await go(visit, "/knowledge/drafts", say="草稿已丢弃")

    async def try_draft(self, visit: Visit) -> web.StreamResponse:
        """What the form as it stands would say, saved or not, next to what is live."""
        sent = await visit.form()
        text = sent.get("text", "").strip()[:MAX_QUESTION]
        if not text:
            return await fragment(
                visit, "knowledge/told_nothing.html", problem="写一句顾客会问的话，再点“试一试”。"
            )
        form, entry_id = await _form(visit), EntryId(sent.get("entry_id", "")) or None
        if errors_of(form, entry_id, await self._desk.entries()):
            return await fragment(
                visit, "knowledge/told_nothing.html", problem="这一条还没写完整：先保存，按提示补好，再来试。"
            )
        tried = await self._desk.heavy(lambda: self._try(form, entry_id, text, sent))
        return await fragment(
            visit,
            "knowledge/told_both.html",
            text=text,
            live=told(tried.live) if tried.live else None,
            draft=told(tried.draft),
            differs=tried.differs,
        )

    async def answer_row(self, visit: Visit) -> web.StreamResponse:
        return await fragment(
            visit, "knowledge/answer_row.html", row=AnswerRow(), channel_titles=CHANNEL_TITLES
        )

    def _try(self, form: EntryForm, entry_id: EntryId | None, text: str, sent: dict[str, str]) -> TryOut:
        draft = SavedDraft(
            id=DraftId("tried"),
            who="",
            saved_at=self._desk.now(),
            base=0,
            fields=fields_of_form(form),
            entry_id=entry_id,
        )
        channel, segments = asked_by(sent)
        with self._desk.bench.panel(put(draft)) as panel:
            return panel.try_out(text, today=self._desk.today, channel=channel, segments=segments)

    async def _opened(self, visit: Visit, entry_id: str, draft_id: str) -> _Open:
        """Raises HTTPNotFound for what is not there."""
        draft = await self._draft(draft_id) if draft_id else None
        wanted = draft.entry_id if draft else EntryId(entry_id) or None
        entry = next((each for each in await self._desk.entries() if each.id == wanted), None)
        if wanted and entry is None and draft is None:
            raise web.HTTPNotFound
        if draft is None and wanted:
            mine = [each for each in await self._desk.drafts() if each.entry_id == wanted]
            draft = next((each for each in mine if each.who == visit.account.login), None)
        base = draft.base if draft else _number(await self._desk.revisions())
        return _Open(entry_id=wanted, entry=entry, draft=draft, base=base)

    async def _draft(self, draft_id: str) -> SavedDraft:
        try:
            return await self._desk.light(lambda: self._desk.bench.drafts.read(DraftId(draft_id)))
        except (NoSuchDraft, DraftCorrupt):
            raise web.HTTPNotFound from None

    async def _page(
        self, visit: Visit, opened: _Open, form: EntryForm, errors: Errors, *, status: int = 200
    ) -> web.Response:
        revisions, entries = await self._desk.revisions(), await self._desk.entries()
        conflict = conflict_of(opened.draft, revisions) if opened.draft else None
        others = [
            each
            for each in await self._desk.drafts()
            if opened.entry_id and each.entry_id == opened.entry_id and each.who != visit.account.login
        ]
        return await page(
            visit,
            "knowledge/entry.html",
            status=status,
            tab="entries",
            opened=opened,
            form=form,
            errors=errors,
            state=state_of(opened.entry, self._desk.today) if opened.entry else None,
            conflict=conflict,
            conflict_diffs=[
                diff_change(change)
                for change in (conflict.changes.entries if conflict else ())
                if change.entry_id == opened.entry_id
            ],
            newest=_number(revisions),
            others=others,
            categories=categories_of(entries),
            channel_titles=CHANNEL_TITLES,
            variables=VARIABLES,
        )


async def _form(visit: Visit) -> EntryForm:
    channels, segments = await visit.choices("row_channel"), await visit.choices("row_segment")
    answers = await visit.choices("row_answer")
    rows = [
        AnswerRow(channel=channel, segment=segment.strip(), answer=answer.replace("\r\n", "\n"))
        for channel, segment, answer in zip(channels, segments, answers, strict=False)
    ]
    return form_of_post(await visit.form(), rows[: MAX_ROWS + 1])


def _number(revisions: Sequence[object]) -> int:
    """Of the newest revision. Entries that came before there were revisions will be the first."""
    return max(1, len(revisions))
