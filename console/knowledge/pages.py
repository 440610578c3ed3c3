"""The editors' part of the console, put together."""

from __future__ import annotations

from pathlib import Path

from console.audit.log import AuditLog
from console.knowledge.desk import EditorsDesk
from console.knowledge.entries_screen import EntriesScreen
from console.knowledge.entry_screen import EntryScreen
from console.permissions import Permission
from console.web.route import Entry, Group, Handler, Pages, Route

ROOT = "/knowledge"
_DRAFT = r"{draft:[a-z0-9-]{1,64}}"
_FORM_BYTES = 2_000_000


def knowledge_pages(desk: EditorsDesk, audit: AuditLog) -> Pages:
    """Whoever made the desk closes it."""
    entries, entry = EntriesScreen(desk), EntryScreen(desk)
    read, edit = Permission.KNOWLEDGE_READ, Permission.KNOWLEDGE_EDIT

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
        static={"knowledge.css": Path(__file__).parent / "knowledge.css"},
    )
