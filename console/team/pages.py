"""The team's pages, put together."""

from __future__ import annotations

from collections.abc import Sequence

from console.ground import Ground
from console.permissions import Permission
from console.team.screens import ROOT, TeamScreens
from console.web.route import Entry, Group, Handler, Pages, Route
from conversations.clock import Clock
from storage.database import Database

_ONE = r"/{login:[a-z0-9._-]{3,40}}"


def team_pages(database: Database, ground: Ground, clock: Clock, *, wanted_skills: Sequence[str]) -> Pages:
    """``wanted_skills``: what the shop asks of whoever serves some customers, offered first."""
    screens = TeamScreens(database, ground, clock, wanted_skills)

    def route(method: str, path: str, handler: Handler) -> Route:
        return Route(method=method, path=path, handler=handler, access=Permission.DESK_SUPERVISE)

    return Pages(
        routes=(
            route("GET", ROOT, screens.list),
            route("GET", ROOT + _ONE, screens.show),
            route("POST", ROOT + _ONE, screens.change),
            route("POST", f"{ROOT}{_ONE}/receiving", screens.let_receive),
            route("POST", f"{ROOT}{_ONE}/customers", screens.hand_over),
        ),
        entries=(
            Entry(
                path=ROOT,
                title="客服安排",
                icon="user-cog",
                summary="谁在接待、同时接几位、擅长什么、谁来替班",
                group=Group.RUNNING,
                permission=Permission.DESK_SUPERVISE,
                shortcut="t",
            ),
        ),
        acts={
            "team.changed": "改客服安排",
            "team.receiving": "让客服接待或休息",
            "team.customers_handed_over": "把 VIP 顾客交给同事",
        },
    )
