"""The editors' part of the console, put together."""

from __future__ import annotations

from pathlib import Path

from console.audit.log import AuditLog
from console.knowledge.checkup_screen import CheckupScreen
from console.knowledge.desk import EditorsDesk
from console.knowledge.entries_screen import EntriesScreen
from console.knowledge.entry_screen import EntryScreen
from console.knowledge.files_screen import MAX_UPLOAD, FilesScreen
from console.knowledge.history_screen import HistoryScreen
from console.knowledge.publishing_screen import PublishingScreen
from console.knowledge.running import Runner
from console.permissions import Permission
from console.web.route import Entry, Group, Handler, Pages, Route

ROOT = "/knowledge"
_DRAFT = r"{draft:[a-z0-9-]{1,64}}"
_PROPOSAL = "{proposal:[0-9a-f]{16}}"
_NUMBER = r"{number:\d{1,9}}"
_FORM_BYTES = 2_000_000


def knowledge_pages(desk: EditorsDesk, audit: AuditLog) -> Pages:
    """Whoever made the desk closes it."""
    entries, entry, checkup = EntriesScreen(desk), EntryScreen(desk, audit), CheckupScreen(desk)
    runner = Runner(desk, audit)
    publishing = PublishingScreen(desk, runner)
    history = HistoryScreen(desk, publishing)
    files = FilesScreen(desk, runner, publishing, audit)
    read, edit, publish = Permission.KNOWLEDGE_READ, Permission.KNOWLEDGE_EDIT, Permission.KNOWLEDGE_PUBLISH

    def route(method: str, path: str, handler: Handler, access: Permission, size: int | None = None) -> Route:
        return Route(method=method, path=ROOT + path, handler=handler, access=access, max_body_bytes=size)

    return Pages(
        routes=(
            route("GET", "", entries.list, read),
            route("POST", "/try", entries.try_live, read),
            route("GET", "/entry", entry.show, read),
            route("POST", "/entry", entry.save, edit, _FORM_BYTES),
            route("POST", "/entry/try", entry.try_draft, edit, _FORM_BYTES),
            route("GET", "/entry/row", entry.answer_row, edit),
            route("POST", f"/drafts/{_DRAFT}/discard", entry.discard, edit),
            route("GET", "/drafts", publishing.drafts, edit),
            route("POST", "/drafts", publishing.propose_drafts, edit),
            route("POST", "/remove", publishing.propose_removal, edit),
            route("GET", f"/proposals/{_PROPOSAL}", publishing.show, edit),
            route("GET", f"/proposals/{_PROPOSAL}/run", publishing.run, edit),
            route("POST", f"/proposals/{_PROPOSAL}/again", publishing.again, edit),
            route("POST", f"/proposals/{_PROPOSAL}/publish", publishing.publish, publish),
            route("GET", "/history", history.list, edit),
            route("GET", f"/history/{_NUMBER}", history.show, edit),
            route("POST", f"/history/{_NUMBER}/rollback", history.propose_rollback, edit),
            route("GET", "/files", files.show, edit),
            route("POST", "/files", files.upload, edit, MAX_UPLOAD + 100_000),
            route("GET", f"/files/{_PROPOSAL}", files.preview, edit),
            route("POST", f"/files/{_PROPOSAL}/columns", files.rename, edit),
            route("POST", f"/files/{_PROPOSAL}/try", files.propose, edit),
            route("GET", "/download/{format:xlsx|csv|jsonl|yaml}", files.download, edit),
            route("GET", "/checkup", checkup.show, edit),
            route("POST", "/checkup", checkup.check, edit),
        ),
        entries=(
            Entry(
                path=ROOT,
                title="知识库",
                icon="book",
                summary="顾客问什么，店小二答什么",
                group=Group.SHOP,
                permission=read,
                shortcut="k",
            ),
        ),
        acts={
            "knowledge.draft_saved": "保存知识草稿",
            "knowledge.draft_discarded": "丢弃知识草稿",
            "knowledge.published": "发布知识",
            "knowledge.exported": "导出知识",
        },
        static={"knowledge.css": Path(__file__).parent / "knowledge.css"},
    )
