"""The pages about customers, put together."""

from __future__ import annotations

from pathlib import Path

from console.audit.log import AuditLog
from console.customers.card_screen import CardScreen
from console.customers.conflicts_screen import ConflictsScreen
from console.customers.desk import CustomersDesk
from console.customers.list_screen import ListScreen
from console.customers.segments_screen import SegmentsScreen
from console.permissions import Permission
from console.web.route import Entry, Group, Handler, Pages, Route

ROOT = "/customers"
_CUSTOMER = r"/{customer:\d{1,15}}"
_LINK = r"{link:\d{1,15}}"
_NAME = r"{name:\d{1,15}}"


def customers_pages(desk: CustomersDesk, audit: AuditLog) -> Pages:
    segments, conflicts = SegmentsScreen(desk), ConflictsScreen(desk, audit)
    listed, card = ListScreen(desk), CardScreen(desk, audit)
    read, tag, join = Permission.CUSTOMERS_READ, Permission.CUSTOMERS_TAG, Permission.CUSTOMERS_JOIN

    def route(method: str, path: str, handler: Handler, access: Permission) -> Route:
        return Route(method=method, path=ROOT + path, handler=handler, access=access)

    return Pages(
        routes=(
            route("GET", "", listed.list, read),
            route("POST", "/search", listed.search, read),
            route("GET", "/segments", segments.show, Permission.REPORTS_READ),
            route("GET", "/conflicts", conflicts.list, join),
            route("POST", f"/links/{_LINK}/insist", conflicts.insist, join),
            route("POST", f"/links/{_LINK}/undo", conflicts.undo, join),
            route("GET", _CUSTOMER, card.show, read),
            route("POST", f"{_CUSTOMER}/names/{_NAME}", card.reveal, Permission.PERSONAL_REVEAL),
            route("POST", f"{_CUSTOMER}/tags", card.tag, tag),
            route("POST", f"{_CUSTOMER}/tags/take", card.untag, tag),
        ),
        entries=(
            Entry(
                path=ROOT,
                title="顾客",
                icon="users-group",
                summary="谁来过、买过什么、该怎么招待",
                group=Group.WORK,
                permission=read,
                shortcut="c",
            ),
        ),
        acts={
            "customer.tagged": "给顾客加标签",
            "customer.untagged": "给顾客去标签",
            "customer.joined": "认定同一位顾客",
            "customer.parted": "把顾客分开",
            "customer.exported": "导出顾客资料",
            "customer.erased": "删除顾客资料",
        },
        static={"customers.css": Path(__file__).parent / "customers.css"},
    )
