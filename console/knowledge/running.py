"""Tries and publishes proposals away from the event loop, and notes how far they are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace

import structlog

from console.audit.chain import Act
from console.audit.log import AuditLog
from console.knowledge.changing import ACTS, change_of
from console.knowledge.desk import EditorsDesk
from console.knowledge.proposal import Kind, Proposal, ProposalFolder, Run, Stage, TriedLine
from knowledge_base.editing.changes import changes_between, digest_of
from knowledge_base.editing.drafts import DraftId
from knowledge_base.editing.trial import Trial, Tried
from knowledge_base.editing.workbench import ChangeRefused, Publication, Request
from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.labelled import LabelledQuestion

STALE_S = 300
"""Without news for so long, the process that worked on it is gone."""

SHOWN = 300
"""Lost and gained questions that are kept with a run; all of them are in the revision."""

_NOTED_S = 0.5
NOT_AS_TRIED = "试运行之后内容又有变化，请重新试运行一次"
NOT_FINISHED = "上次没有做完（后台可能重启过），请重新试运行一次"
NOT_ALL_DONE = "这一版已经存好，但后面有一步没做完（索引、操作记录或草稿），请找管理员看一眼日志"
BROKEN = "后台出了点问题，已经记下来了，线上的内容没有变"

MakeAct = Callable[[str, str, dict[str, object]], Act]
"""An entry of the log from name, subject and details."""

log = structlog.get_logger()


class Runner:
    def __init__(self, desk: EditorsDesk, audit: AuditLog) -> None:
        self._desk = desk
        self._audit = audit
        self._tasks: set[asyncio.Task[None]] = set()
        self.folder = ProposalFolder(desk.folder)

    async def run_of(self, proposal: Proposal) -> Run | None:
        run = await self._desk.light(lambda: self.folder.run(proposal.id))
        working = run is not None and run.stage in (Stage.TRYING, Stage.PUBLISHING)
        if run is not None and working and time.time() - run.at > STALE_S:
            return replace(run, stage=Stage.FAILED, reasons=(NOT_FINISHED,))
        return run

    async def try_it(self, proposal: Proposal) -> None:
        """Begins; ``run_of`` tells how it goes."""
        await self._note(proposal, Run(stage=Stage.TRYING, at=time.time()))
        self._begin(self._try(proposal))

    async def try_then_publish(self, proposal: Proposal, act: MakeAct) -> None:
        """Begins: published at once when nothing is lost by it, else it waits for a reason, as after ``try_it``."""
        await self._note(proposal, Run(stage=Stage.TRYING, at=time.time()))
        self._begin(self._try_then_publish(proposal, act))

    async def publish(self, proposal: Proposal, tried: Run, reason: str, act: MakeAct) -> None:
        """Begins, as what ``tried`` found allows."""
        await self._note(proposal, replace(tried, stage=Stage.PUBLISHING, at=time.time(), done=0, total=0))
        self._begin(self._publish(proposal, tried, reason, act))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _try(self, proposal: Proposal) -> None:
        await self._note(proposal, await self._tried_or_failed(proposal))

    async def _tried_or_failed(self, proposal: Proposal) -> Run:
        try:
            labels = await self._desk.labels()
            return await self._desk.heavy(lambda: self._tried(proposal, labels), self._progress(proposal))
        except Exception as problem:  # noqa: BLE001 - nobody awaits this; whoever looks at the page is told
            return _failed(problem, Run(stage=Stage.FAILED, at=0))

    async def _try_then_publish(self, proposal: Proposal, act: MakeAct) -> None:
        run = await self._tried_or_failed(proposal)
        if run.stage is not Stage.TRIED or run.lost or not run.changed:
            await self._note(proposal, run)
            return
        await self._note(proposal, replace(run, stage=Stage.PUBLISHING))
        await self._publish(proposal, run, "", act)

    def _tried(self, proposal: Proposal, labels: Sequence[LabelledQuestion]) -> Run:
        change = change_of(proposal, self._desk.bench, self.folder)
        made: list[tuple[str, int]] = []

        def noted(entries: tuple[Entry, ...]) -> Sequence[Entry]:
            after = change(entries)
            made.append((digest_of(after), len(changes_between(entries, after).entries)))
            return after

        trial = self._desk.bench.try_change(noted, now=self._desk.now(), log=labels)
        digest, changed = made[-1]
        return run_of_trial(trial, digest=digest, changed=changed)

    async def _publish(self, proposal: Proposal, tried: Run, reason: str, act: MakeAct) -> None:
        try:
            labels = await self._desk.labels()
            done = await self._desk.heavy(
                lambda: self._published(proposal, tried, reason, labels), self._progress(proposal, tried)
            )
            run = await self._after(proposal, tried, reason, done, act)
        except Exception as problem:  # noqa: BLE001 - as above
            run = await self._broken_off(problem, tried)
        await self._note(proposal, run)

    def _published(
        self, proposal: Proposal, tried: Run, reason: str, labels: Sequence[LabelledQuestion]
    ) -> Publication:
        change = change_of(proposal, self._desk.bench, self.folder)

        def same(entries: tuple[Entry, ...]) -> Sequence[Entry]:
            after = change(entries)
            if digest_of(after) != tried.digest:
                raise ChangeRefused([NOT_AS_TRIED])
            return after

        request = Request(
            act=ACTS[proposal.kind],
            who=proposal.who,
            reason=reason,
            what=proposal.title,
            now=self._desk.now(),
            log=labels,
        )
        return self._desk.bench.publish(same, request)

    async def _after(
        self,
        proposal: Proposal,
        tried: Run,
        reason: str,
        done: Publication,
        act: MakeAct,
    ) -> Run:
        if not done.published and done.trial is not None:
            return run_of_trial(done.trial, digest=tried.digest, changed=tried.changed)
        number = done.revision.number if done.revision else 0
        details: dict[str, object] = {
            "kind": proposal.kind.value,
            "entries": tried.changed,
            "lost": len(tried.lost),
            "gained": len(tried.gained),
        }
        if reason:
            details["reason"] = reason
        await self._audit.record(act("knowledge.published", f"revision:{number}", details))
        if proposal.kind is Kind.DRAFTS:
            await self._desk.light(lambda: self._discard(proposal.ids))
        await self._desk.live.refresh()
        return replace(tried, stage=Stage.PUBLISHED, at=time.time(), revision=number)

    async def _broken_off(self, problem: Exception, tried: Run) -> Run:
        """The revision decides: once it is written the change is published, whatever failed after it."""
        failed = _failed(problem, tried)
        last = next(reversed(await self._desk.revisions()), None)
        if last is None or last.digest != tried.digest:
            return failed
        log.error("console.publishing_incomplete", revision=last.number, error=str(problem))
        return replace(tried, stage=Stage.PUBLISHED, revision=last.number, reasons=(NOT_ALL_DONE,))

    def _discard(self, ids: Sequence[str]) -> None:
        for each in ids:
            self._desk.bench.drafts.discard(DraftId(each))

    def _progress(self, proposal: Proposal, tried: Run | None = None) -> Callable[[int, int], None]:
        """Notes progress, twice a second at most; called in the working thread."""
        begun = replace(tried, stage=Stage.PUBLISHING) if tried else Run(stage=Stage.TRYING, at=0)
        last = 0.0

        def note(done: int, total: int) -> None:
            nonlocal last
            now = time.time()
            if now - last >= _NOTED_S:
                last = now
                self.folder.note(proposal.id, replace(begun, at=now, done=done, total=total))

        return note

    async def _note(self, proposal: Proposal, run: Run) -> None:
        noted = replace(run, at=time.time())
        await self._desk.light(lambda: self.folder.note(proposal.id, noted))


def run_of_trial(trial: Trial, *, digest: str, changed: int) -> Run:
    return Run(
        stage=Stage.TRIED,
        at=0,
        digest=digest,
        changed=changed,
        lost=tuple(map(_line, trial.lost[:SHOWN])),
        gained=tuple(map(_line, trial.gained[:SHOWN])),
        newly_wrong=trial.newly_wrong,
        questions=trial.after.questions,
        worth_before=trial.before.worth,
        worth_after=trial.after.worth,
    )


def _line(tried: Tried) -> TriedLine:
    return TriedLine(
        text=tried.text,
        source=tried.source.value,
        entry_id=tried.entry_id or "",
        was=tried.was.value,
        now=tried.now.value,
        said=tried.said,
    )


def _failed(problem: Exception, before: Run) -> Run:
    if isinstance(problem, ChangeRefused):
        reasons = problem.reasons
    elif isinstance(problem, KnowledgeBaseError):
        reasons = (str(problem),)
    else:
        log.error("console.publishing_failed", error=type(problem).__name__, exc_info=problem)
        reasons = (BROKEN,)
    return replace(before, stage=Stage.FAILED, reasons=reasons)
