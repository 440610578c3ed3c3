"""The pages about what customers ask in vain, put together."""

from __future__ import annotations

from pathlib import Path

from console.audit.log import AuditLog
from console.gaps.desk import GapsDesk
from console.gaps.gap_screen import GapScreen
from console.gaps.gaps_screen import GapsScreen
from console.gaps.labels_screen import LabelsScreen
from console.gaps.picking import Picking
from console.gaps.quality_screen import QualityScreen
from console.knowledge.running import Runner
from console.permissions import Permission
from console.web.route import Entry, Group, Handler, Pages, Route

ROOT = "/gaps"
_GAP = "/{gap:[0-9a-f]{12}}"
_NUMBER = r"{number:\d{1,15}}"
_FORM_BYTES = 200_000


def gaps_pages(desk: GapsDesk, audit: AuditLog) -> Pages:
    """Next to ``knowledge_pages`` of the same editors' desk, whose style sheet and pages they use."""
    gaps = GapsScreen(desk, audit)
    gap = GapScreen(desk, gaps, Runner(desk.editors, audit), audit)
    labels, picking = LabelsScreen(desk, audit), Picking(desk)
    quality = QualityScreen(desk, max_wrong_rate=desk.editors.policy.max_wrong_rate)
    edit, label = Permission.KNOWLEDGE_EDIT, Permission.KNOWLEDGE_LABEL
    publish = Permission.KNOWLEDGE_PUBLISH

    def route(method: str, path: str, handler: Handler, access: Permission, size: int | None = None) -> Route:
        return Route(method=method, path=ROOT + path, handler=handler, access=access, max_body_bytes=size)

    return Pages(
        routes=(
            route("GET", "", gaps.list, edit),
            route("POST", "/find", gaps.find, edit),
            route("GET", "/finding", gaps.finding, edit),
            route("GET", "/entries", picking.show, label),
            route("GET", "/labels", labels.list, label),
            route("POST", f"/labels/{_NUMBER}", labels.label, label),
            route("GET", "/quality", quality.show, edit),
            route("GET", _GAP, gap.show, edit),
            route("POST", f"{_GAP}/study", gap.study, edit),
            route("GET", f"{_GAP}/writing", gap.writing, edit),
            route("GET", f"{_GAP}/gain", gap.gain, edit),
            route("POST", f"{_GAP}/draft", gap.save, edit, _FORM_BYTES),
            route("POST", f"{_GAP}/publish", gap.publish, publish, _FORM_BYTES),
            route("POST", f"{_GAP}/dismiss", gap.dismiss, edit),
            route("POST", f"{_GAP}/restore", gap.restore, edit),
        ),
        entries=(
            Entry(
                path=ROOT,
                title="没答好的问题",
                icon="message-question",
                summary="顾客问了、没得到好回答的，一点就能补上",
                group=Group.SHOP,
                permission=edit,
                shortcut="q",
            ),
            Entry(
                path=f"{ROOT}/labels",
                title="标一标",
                icon="tags",
                summary="看几句顾客的话，说说店小二答得对不对",
                group=Group.SHOP,
                permission=label,
                shortcut="l",
            ),
        ),
        acts={
            "gaps.found": "找没答好的问题",
            "gaps.dismissed": "没答好的问题不处理",
            "gaps.restored": "没答好的问题找回来",
            "gaps.labelled": "标注问题",
        },
        static={"gaps.css": Path(__file__).parent / "gaps.css"},
    )
