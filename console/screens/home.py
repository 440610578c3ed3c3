"""The home page: what this person may do here."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from console.permissions import Permission
from console.web.rendering import CHINA, page
from console.web.route import Entry, Group, Pages, Route
from console.web.visit import Visit


def pages() -> Pages:
    return Pages(
        routes=(Route(method="GET", path="/", handler=_home, access=Permission.OWN_ACCOUNT),),
        entries=(
            Entry(
                path="/",
                title="首页",
                icon="home",
                summary="今天从这里开始",
                group=Group.WORK,
                permission=Permission.OWN_ACCOUNT,
                shortcut="h",
            ),
        ),
    )


async def _home(visit: Visit) -> web.StreamResponse:
    return await page(visit, "home.html", greeting=greeting(datetime.now(CHINA).hour))


def greeting(hour: int) -> str:
    """How one greets at this hour, 0 to 23."""
    for until, words in (
        (5, "夜深了"),
        (9, "早上好"),
        (12, "上午好"),
        (14, "中午好"),
        (18, "下午好"),
        (23, "晚上好"),
    ):
        if hour < until:
            return words
    return "夜深了"
