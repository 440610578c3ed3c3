"""The pages of service levels, put together."""

from __future__ import annotations

from pathlib import Path

from console.levels.comments_screen import CommentsScreen
from console.levels.screen import WHATS, LevelsDesk, LevelsScreen
from console.levels.statement_screen import StatementScreen
from console.permissions import Permission
from console.web.route import Entry, Group, Pages, Route

ROOT = "/levels"


def levels_pages(desk: LevelsDesk) -> Pages:
    screen = LevelsScreen(desk)
    statement, comments = StatementScreen(desk), CommentsScreen(desk)
    read = Permission.REPORTS_READ
    behind = "{what:" + "|".join(WHATS) + "}"
    return Pages(
        routes=(
            Route(method="GET", path=ROOT, handler=screen.show, access=read),
            Route(method="GET", path=f"{ROOT}/vip", handler=statement.show, access=read),
            Route(method="GET", path=f"{ROOT}/comments", handler=comments.show, access=read),
            Route(method="GET", path=f"{ROOT}/table.csv", handler=screen.table, access=read),
            Route(method="GET", path=f"{ROOT}/behind/{behind}", handler=screen.behind, access=read),
        ),
        entries=(
            Entry(
                path=ROOT,
                title="服务水平",
                icon="chart-bar",
                summary="接入快不快、回得及不及时、顾客满不满意",
                group=Group.RUNNING,
                permission=read,
                shortcut="s",
            ),
        ),
        static={"levels.css": Path(__file__).parent / "levels.css"},
    )
