"""One cluster: how it was asked and answered, what an entry would change, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from console.audit.log import AuditLog
from console.gaps.desk import GapsDesk
from console.gaps.gaps_screen import GapsScreen
from console.gaps.kept import KeptCluster, restored
from console.gaps.listing import STATE_TITLES, State, state_of
from console.gaps.words import MARK_TITLES, RATING_TITLES, REACTION_TITLES, REASON_TITLES
from console.gaps.work import Note, Stage
from console.gaps.writing import Wanted, draft_of, draft_of_new, phrasings_of, target_of
from console.knowledge.form import errors_of, form_of_fields
from console.knowledge.proposal import Kind, Proposal, new_proposal_id
from console.knowledge.running import Runner
from console.web.rendering import fragment, go, page
from console.web.visit import Visit
from knowledge_base.editing.drafts import SavedDraft
from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.mining.cluster import Cluster
from knowledge_base.mining.dismissals import dismissed_prints, set_dismissed
from knowledge_base.mining.questions import MarkKind
from knowledge_base.mining.store import questions_of

SHOWN = 40
"""Askings that are shown, the latest; a cluster may have hundreds."""

GONE = "这组问题刚重新归过类，请从列表里再找"
CHOOSE = "先选要加到哪一条问答"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    part: KeptCluster
    cluster: Cluster
    note: Note | None
    drafts: tuple[SavedDraft, ...]
    entries: tuple[Entry, ...]

    @property
    def begun(self) -> SavedDraft | None:
        """The draft of a new entry for this cluster."""
        return next((draft for draft in self.drafts if draft.id == draft_of_new(self.part.id)), None)


class GapScreen:
    def __init__(self, desk: GapsDesk, gaps: GapsScreen, runner: Runner, audit: AuditLog) -> None:
        self._desk = desk
        self._gaps = gaps
        self._runner = runner
        self._audit = audit

    async def show(self, visit: Visit) -> web.StreamResponse:
        opened = await self._opened(visit)
        if opened is None:
            return await go(visit, "/gaps", say=GONE, kind="warning")
        held, dismissed = await self._gaps.held(), await self._desk.read(dismissed_prints)
        askings = sorted(opened.cluster.questions, key=lambda question: question.at, reverse=True)
        return await page(
            visit,
            "gaps/one.html",
            tab="gaps",
            askings=askings[:SHOWN],
            more=max(0, len(askings) - SHOWN),
            state=state_of(opened.part, held=held, dismissed=dismissed),
            states=STATE_TITLES,
            State=State,
            reasons=REASON_TITLES,
            reactions=REACTION_TITLES,
            marks=MARK_TITLES,
            ratings=RATING_TITLES,
            MarkKind=MarkKind,
            **await self._shown(opened),
        )

    async def study(self, visit: Visit) -> web.StreamResponse:
        """Begins to look for an answer and to try the gain, unless that is known."""
        opened = await self._opened(visit)
        if opened is None:
            return await go(visit, "/gaps", say=GONE, kind="warning")
        if opened.note is None or opened.note.stage is Stage.FAILED:
            await self._desk.study(opened.part.id)
        return await go(visit, f"/gaps/{opened.part.id}")

    async def writing(self, visit: Visit) -> web.StreamResponse:
        """The form, once it is known what agents answered; for htmx."""
        return await self._part(visit, "gaps/writing.html")

    async def gain(self, visit: Visit) -> web.StreamResponse:
        """What an entry would change, once it is known; for htmx."""
        return await self._part(visit, "gaps/gain.html")

    async def save(self, visit: Visit) -> web.StreamResponse:
        """Keeps what was chosen as a draft and opens it where entries are written."""
        draft = await self._saved(visit)
        if isinstance(draft, web.StreamResponse):
            return draft
        return await go(
            visit, f"/knowledge/entry?draft={draft.id}", say="草稿已保存，接着改，发布后顾客才会看到"
        )

    async def publish(self, visit: Visit) -> web.StreamResponse:
        """Tries it on everything, and publishes it at once when nothing gets worse."""
        draft = await self._saved(visit)
        if isinstance(draft, web.StreamResponse):
            return draft
        entries = await self._desk.editors.entries()
        if errors_of(form_of_fields(draft.fields), draft.entry_id, entries):
            return await go(
                visit, f"/knowledge/entry?draft={draft.id}", say="还差一点，补好就能发布", kind="warning"
            )
        question = str(draft.fields.get("question"))
        proposal = Proposal(
            id=new_proposal_id(),
            who=visit.account.login,
            kind=Kind.DRAFTS,
            title=f"{'改' if draft.entry_id else '新增'}“{question}”",
            ids=(draft.id,),
        )
        await self._desk.editors.light(lambda: self._runner.folder.add(proposal))
        await self._runner.try_then_publish(proposal, visit.act)
        return await go(visit, f"/knowledge/proposals/{proposal.id}")

    async def dismiss(self, visit: Visit) -> web.StreamResponse:
        return await self._leave(visit, dismissed=True)

    async def restore(self, visit: Visit) -> web.StreamResponse:
        return await self._leave(visit, dismissed=False)

    async def _leave(self, visit: Visit, *, dismissed: bool) -> web.StreamResponse:
        found = await self._gaps.cluster(visit)
        if found is None:
            return await go(visit, "/gaps", say=GONE, kind="warning")
        part = found[1]
        async with self._desk.database.writing() as connection:
            await set_dismissed(
                connection,
                part.prints,
                dismissed=dismissed,
                who=visit.account.login,
                at=self._desk.editors.now(),
            )
            name = "gaps.dismissed" if dismissed else "gaps.restored"
            act = visit.act(name, f"gap:{part.id}", {"questions": len(part.prints)})
            await self._audit.append(connection, act)
        if dismissed:
            return await go(visit, "/gaps", say="好，不处理这一组；在“不处理的”里可以找回来")
        return await go(visit, f"/gaps/{part.id}", say="找回来了")

    async def _saved(self, visit: Visit) -> SavedDraft | web.StreamResponse:
        opened = await self._opened(visit)
        if opened is None:
            return await go(visit, "/gaps", say=GONE, kind="warning")
        sent = await visit.form()
        target = None
        if sent.get("target") != "new":
            named = sent.get("entry", "") if sent.get("target") == "other" else sent.get("target", "")
            target = next((entry for entry in opened.entries if entry.id == named), None)
            if target is None:
                return await go(visit, f"/gaps/{opened.part.id}", say=CHOOSE, kind="warning")
        chosen = set(await visit.choices("phrasings"))
        wanted = Wanted(
            target=target,
            question=sent.get("question", "").strip(),
            answer=sent.get("answer", "").replace("\r\n", "\n").strip(),
            phrasings=tuple(each.text for each in phrasings_of(opened.cluster, ()) if each.print in chosen),
        )
        who = visit.account.login
        mine = [each for each in opened.drafts if target and each.entry_id == target.id and each.who == who]
        editors = self._desk.editors
        draft = draft_of(
            opened.cluster,
            opened.part.id,
            wanted,
            begun=(mine[0] if mine else None) if target else opened.begun,
            who=who,
            now=editors.now(),
            base=max(1, len(await editors.revisions())),
        )
        try:
            await editors.light(lambda: editors.bench.drafts.save(draft))
        except KnowledgeBaseError as problem:
            return await go(visit, f"/gaps/{opened.part.id}", say=str(problem), kind="warning")
        await self._audit.record(visit.act("knowledge.draft_saved", f"draft:{draft.id}"))
        return draft

    async def _opened(self, visit: Visit) -> _Opened | None:
        found = await self._gaps.cluster(visit)
        if found is None:
            return None
        part = found[1]
        questions = await self._desk.read(lambda connection: questions_of(connection, part.keys))
        cluster = await self._desk.editors.light(lambda: restored(part, questions))
        if cluster is None:
            return None
        return _Opened(
            part=part,
            cluster=cluster,
            note=await self._desk.note(part.id),
            drafts=await self._desk.editors.drafts(),
            entries=await self._desk.editors.entries(),
        )

    async def _part(self, visit: Visit, template: str) -> web.StreamResponse:
        opened = await self._opened(visit)
        if opened is None:
            raise web.HTTPNotFound
        return await fragment(visit, template, **await self._shown(opened))

    async def _shown(self, opened: _Opened) -> dict[str, Any]:
        held = await self._gaps.held()
        result = (opened.note.result if opened.note else None) or {}
        target = target_of(opened.cluster, opened.entries)
        begun = opened.begun
        nearest = opened.cluster.suggestion.nearest
        return {
            "gap": opened.part,
            "cluster": opened.cluster,
            "names": {entry.id: entry.question for entry in opened.entries},
            "note": opened.note,
            "Stage": Stage,
            "answer": result.get("answer"),
            "figures": result.get("gain"),
            "target": target,
            "near": next((entry for entry in opened.entries if entry.id == nearest), None),
            "begun": begun,
            "question": begun.fields.get("question") if begun else opened.cluster.question,
            "written": begun.fields.get("answer") if begun else result.get("answer"),
            "phrasings": phrasings_of(opened.cluster, held),
        }
