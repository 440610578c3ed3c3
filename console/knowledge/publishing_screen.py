"""Drafts that wait, and the way from a proposal to its publication: trial, what is lost and gained, reason, done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from console.audit.chain import Act
from console.knowledge.conflicts import conflict_of
from console.knowledge.desk import EditorsDesk
from console.knowledge.form import errors_of, form_of_fields
from console.knowledge.proposal import Kind, Proposal, Run, Stage, new_proposal_id
from console.knowledge.running import Runner
from console.knowledge.words import OUTCOME_TITLES
from console.permissions import Permission
from console.web.rendering import fragment, go, page
from console.web.visit import Visit
from knowledge_base.editing.drafts import SavedDraft
from knowledge_base.editing.trial import Outcome

MAX_REASON = 500
WRITE_WHY = "有问题变差了，写一句为什么还是要发布，才能继续"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A draft in the list. ``problem``: why it cannot be published yet."""

    draft: SavedDraft
    question: str
    new: bool
    problem: str


class PublishingScreen:
    def __init__(self, desk: EditorsDesk, runner: Runner) -> None:
        self._desk = desk
        self._runner = runner

    async def drafts(self, visit: Visit) -> web.StreamResponse:
        entries, revisions = await self._desk.entries(), await self._desk.revisions()
        waiting = []
        for draft in await self._desk.drafts():
            problem = ""
            if conflict_of(draft, revisions):
                problem = "别人改过这一条，要先对照"
            elif errors_of(form_of_fields(draft.fields), draft.entry_id, entries):
                problem = "还没写完整"
            question = str(draft.fields.get("question") or "还没写问题")
            waiting.append(
                _Waiting(draft=draft, question=question, new=draft.entry_id is None, problem=problem)
            )
        chosen = visit.request.query.get("draft", "")
        return await page(visit, "knowledge/drafts.html", tab="drafts", waiting=waiting, chosen=chosen)

    async def propose_drafts(self, visit: Visit) -> web.StreamResponse:
        ids = await visit.choices("drafts")
        chosen = [draft for draft in await self._desk.drafts() if draft.id in ids]
        if not chosen:
            return await go(visit, "/knowledge/drafts", say="先勾选要发布的草稿", kind="warning")
        first = str(chosen[0].fields.get("question") or "问答")
        title = f"改“{first}”" if len(chosen) == 1 else f"改“{first}”等 {len(chosen)} 条"
        return await self.propose(visit, Kind.DRAFTS, title=title, ids=tuple(draft.id for draft in chosen))

    async def propose_removal(self, visit: Visit) -> web.StreamResponse:
        entry_id = (await visit.form()).get("id", "")
        entry = next((each for each in await self._desk.entries() if each.id == entry_id), None)
        if entry is None:
            raise web.HTTPNotFound
        return await self.propose(visit, Kind.REMOVE, title=f"删除“{entry.question}”", ids=(entry_id,))

    async def propose(
        self, visit: Visit, kind: Kind, *, title: str, ids: tuple[str, ...] = (), number: int = 0
    ) -> web.StreamResponse:
        """Keeps the proposal, begins to try it, and leads to its page."""
        proposal = Proposal(
            id=new_proposal_id(), who=visit.account.login, kind=kind, title=title, ids=ids, number=number
        )
        await self._desk.light(lambda: self._runner.folder.add(proposal))
        return await self.try_proposal(visit, proposal)

    async def try_proposal(self, visit: Visit, proposal: Proposal) -> web.StreamResponse:
        await self._runner.try_it(proposal)
        return await go(visit, f"/knowledge/proposals/{proposal.id}")

    async def show(self, visit: Visit) -> web.StreamResponse:
        proposal = await self.proposal(visit)
        return await self._show(visit, proposal, await self._runner.run_of(proposal))

    async def run(self, visit: Visit) -> web.StreamResponse:
        """How far it is, for htmx."""
        proposal = await self.proposal(visit)
        run = await self._runner.run_of(proposal)
        return await fragment(visit, "knowledge/run.html", problem="", **await self._shown(proposal, run))

    async def again(self, visit: Visit) -> web.StreamResponse:
        proposal = await self.proposal(visit)
        run = await self._runner.run_of(proposal)
        if run is not None and run.stage not in (Stage.TRIED, Stage.FAILED):
            return await go(visit, f"/knowledge/proposals/{proposal.id}")
        return await self.try_proposal(visit, proposal)

    async def publish(self, visit: Visit) -> web.StreamResponse:
        proposal = await self.proposal(visit)
        run = await self._runner.run_of(proposal)
        if run is None or run.stage is not Stage.TRIED:
            return await go(visit, f"/knowledge/proposals/{proposal.id}")
        reason = (await visit.form()).get("reason", "").strip()[:MAX_REASON]
        if run.lost and not reason:
            return await self._show(visit, proposal, run, problem=WRITE_WHY, status=422)
        publisher = replace(proposal, who=visit.account.login)

        def act(name: str, subject: str, details: dict[str, object]) -> Act:
            return visit.act(name, subject, details)

        await self._runner.publish(publisher, run, reason, act)
        return await go(visit, f"/knowledge/proposals/{proposal.id}")

    async def proposal(self, visit: Visit) -> Proposal:
        """Raises HTTPNotFound."""
        found = await self._desk.light(lambda: self._runner.folder.get(visit.request.match_info["proposal"]))
        if found is None:
            raise web.HTTPNotFound
        return found

    async def _show(
        self, visit: Visit, proposal: Proposal, run: Run | None, *, problem: str = "", status: int = 200
    ) -> web.Response:
        shown = await self._shown(proposal, run)
        return await page(
            visit, "knowledge/proposal.html", status=status, tab="drafts", problem=problem, **shown
        )

    async def _shown(self, proposal: Proposal, run: Run | None) -> dict[str, Any]:
        named = run is not None and run.stage is Stage.TRIED
        entries = await self._desk.entries() if named else ()
        return {
            "proposal": proposal,
            "run": run,
            "names": {entry.id: entry.question for entry in entries},
            "Stage": Stage,
            "Kind": Kind,
            "outcomes": {outcome.value: title for outcome, title in OUTCOME_TITLES.items()},
            "wrong": Outcome.WRONG.value,
            "publish": Permission.KNOWLEDGE_PUBLISH,
        }
