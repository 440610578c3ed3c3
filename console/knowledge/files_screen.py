"""Entries in and out as files: upload, which column is which, what would change; download in four formats."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from aiohttp import web
from aiohttp.web_request import FileField

from console.audit.log import AuditLog
from console.knowledge.desk import EditorsDesk
from console.knowledge.proposal import Kind, Proposal, new_proposal_id
from console.knowledge.publishing_screen import PublishingScreen
from console.knowledge.running import Runner
from console.knowledge.words import CHANNEL_TITLES, EFFECT_TITLES
from console.web.rendering import go, page
from console.web.visit import Visit
from knowledge_base.editing.diffing import FIELDS
from knowledge_base.exporting import ExportImpossible, export_bytes
from knowledge_base.importing.planning import Effect
from knowledge_base.importing.preview import Preview, preview_import

MAX_UPLOAD = 10_000_000
"""Bytes of a file; a form around it is a little larger. Larger files go by `kb import`."""

FORMATS = {
    ".xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".csv": ("CSV", "text/csv"),
    ".jsonl": ("JSONL", "application/jsonl"),
    ".yaml": ("YAML", "application/yaml"),
}
_READ = {*FORMATS, ".yml"}
_SHOWN = 50
TARGETS = {
    "id": "编号",
    **FIELDS,
    **{f"answer@{channel.value}": f"答案（{title}）" for channel, title in CHANNEL_TITLES.items()},
}


class FilesScreen:
    def __init__(
        self, desk: EditorsDesk, runner: Runner, publishing: PublishingScreen, audit: AuditLog
    ) -> None:
        self._desk = desk
        self._runner = runner
        self._publishing = publishing
        self._audit = audit

    async def show(self, visit: Visit, *, problem: str = "", status: int = 200) -> web.StreamResponse:
        return await page(
            visit,
            "knowledge/files.html",
            status=status,
            tab="files",
            problem=problem,
            formats={suffix: title for suffix, (title, _) in FORMATS.items()},
            total=len(await self._desk.entries()),
            megabytes=MAX_UPLOAD // 1_000_000,
        )

    async def upload(self, visit: Visit) -> web.StreamResponse:
        sent = (await visit.request.post()).get("file")
        if not isinstance(sent, FileField) or not sent.filename:
            return await self.show(visit, problem="先选一个文件", status=422)
        name = PurePath(sent.filename.replace("\\", "/")).name
        suffix = PurePath(name).suffix.lower()
        with sent.file as file:
            content = await self._desk.light(file.read)
        if suffix not in _READ:
            return await self.show(visit, problem="请用 xlsx、csv、jsonl 或 yaml 文件", status=422)
        if len(content) > MAX_UPLOAD:
            return await self.show(visit, problem="文件太大了，请分成几份", status=413)
        proposal_id = new_proposal_id()
        kept = await self._desk.light(lambda: self._runner.folder.put_file(proposal_id, suffix, content))
        proposal = Proposal(
            id=proposal_id,
            who=visit.account.login,
            kind=Kind.IMPORT,
            title=f"导入 {name[:80]}",
            file=kept,
        )
        await self._desk.light(lambda: self._runner.folder.add(proposal))
        return await go(visit, f"/knowledge/files/{proposal_id}")

    async def preview(self, visit: Visit) -> web.StreamResponse:
        proposal = await self._import(visit)
        preview = await self._preview(proposal)
        changed = [each for each in preview.plan.effects if each.effect is not Effect.UNCHANGED]
        return await page(
            visit,
            "knowledge/preview.html",
            tab="files",
            proposal=proposal,
            preview=preview,
            changed=changed[:_SHOWN],
            more=max(0, len(changed) - _SHOWN),
            problems=preview.problems[:_SHOWN],
            more_problems=max(0, len(preview.problems) - _SHOWN),
            missing=[FIELDS[name] for name in preview.missing],
            targets=TARGETS,
            effects=EFFECT_TITLES,
        )

    async def rename(self, visit: Visit) -> web.StreamResponse:
        """Which column is which, as the editor says."""
        proposal = await self._import(visit)
        headers, targets = await visit.choices("header"), await visit.choices("target")
        chosen = dict(zip(headers, targets, strict=False))
        await self._desk.light(lambda: self._runner.folder.save(replace(proposal, renaming=chosen)))
        return await go(visit, f"/knowledge/files/{proposal.id}")

    async def propose(self, visit: Visit) -> web.StreamResponse:
        proposal = await self._import(visit)
        skip = (await visit.form()).get("skip_bad") == "yes"
        proposal = replace(proposal, skip_bad=skip, who=visit.account.login)
        await self._desk.light(lambda: self._runner.folder.save(proposal))
        return await self._publishing.try_proposal(visit, proposal)

    async def download(self, visit: Visit) -> web.StreamResponse:
        suffix = f".{visit.request.match_info['format']}"
        entries = await self._desk.entries()
        try:
            content = await self._desk.light(lambda: export_bytes(entries, suffix))
        except ExportImpossible as problem:
            return await self.show(visit, problem=str(problem), status=422)
        await self._audit.record(visit.act("knowledge.exported", details={"entries": len(entries)}))
        name = f"knowledge-{self._desk.today.isoformat()}{suffix}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=content, content_type=FORMATS[suffix][1], headers=headers)

    async def _preview(self, proposal: Proposal) -> Preview:
        entries = await self._desk.entries()
        path = self._runner.folder.file(proposal.file)
        return await self._desk.light(lambda: preview_import(path, entries, proposal.renaming))

    async def _import(self, visit: Visit) -> Proposal:
        proposal = await self._publishing.proposal(visit)
        if proposal.kind is not Kind.IMPORT:
            raise web.HTTPNotFound
        return proposal
