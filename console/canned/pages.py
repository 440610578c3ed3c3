"""Canned replies in the console, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from console.audit.log import AuditLog
from console.canned.choosing import CannedChoices
from console.canned.screens import ROOT, CannedScreens
from console.permissions import Permission
from console.web.route import Entry, Group, Handler, Pages, Route
from conversations.clock import Clock
from storage.database import Database

_ONE = r"/{id:\d{1,15}}"


def canned_pages(
    database: Database, audit: AuditLog, clock: Clock, values: Callable[[], Mapping[str, str]]
) -> Pages:
    """``values``: what the shop knows of itself, by the names of ``escalation.canned.GAPS``."""
    screens, choices = CannedScreens(database, audit, clock), CannedChoices(database, values)

    def route(method: str, path: str, handler: Handler) -> Route:
        return Route(method=method, path=path, handler=handler, access=Permission.DESK_ANSWER)

    return Pages(
        routes=(
            route("GET", ROOT, screens.list),
            route("GET", f"{ROOT}/new", screens.ask_new),
            route("POST", f"{ROOT}/new", screens.add),
            route("GET", ROOT + _ONE, screens.show),
            route("POST", ROOT + _ONE, screens.change),
            route("POST", f"{ROOT}{_ONE}/remove", screens.remove),
            route("GET", r"/desk/{conversation:[a-z]+:[^/]+}/canned", choices.show),
        ),
        entries=(
            Entry(
                path=ROOT,
                title="快捷回复",
                icon="message-bolt",
                summary="常说的话存下来，在工作台打 / 就能用",
                group=Group.WORK,
                permission=Permission.DESK_ANSWER,
                shortcut="b",
            ),
        ),
        acts={"canned.saved": "存快捷回复", "canned.removed": "删快捷回复"},
        static={"canned.js": Path(__file__).parent / "canned.js"},
    )
