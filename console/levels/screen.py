"""The pages of service levels: a period's ratios, whole and by agent, and the conversations behind each of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from aiohttp import web

from console.desk.lines import names_of_agents
from console.desk.words import ENDINGS
from console.web.rendering import CHINA, page
from console.web.visit import Visit
from conversations.address import ConversationId
from conversations.privacy import customer_tag
from escalation.hours import ServiceHours
from escalation.levels import Kept, Levels, Served, by_agent, levels_of, served_between
from storage.database import Database

PERIODS: Mapping[str, tuple[str, int]] = {
    "day": ("今天", 1),
    "week": ("近 7 天", 7),
    "month": ("近 30 天", 30),
}
USUAL = "week"
WHATS: Mapping[str, str] = {
    "answer": "超过 30 秒才接入",
    "first_reply": "超过 3 分钟才第一次回复",
    "discontent": "不满意",
    "advise_against": "不愿推荐（0 到 6 分）",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the beginning of a day in China until now."""

    name: str
    title: str
    start: datetime
    end: datetime


def period_of(name: str, now: datetime) -> Period:
    """``USUAL`` for a name that is none."""
    chosen = name if name in PERIODS else USUAL
    title, days = PERIODS[chosen]
    midnight = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(name=chosen, title=title, start=midnight - timedelta(days=days - 1), end=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One agent's row of the table; all of them together for ``agent`` empty."""

    agent: str
    name: str
    levels: Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsDesk:
    database: Database
    hours: ServiceHours
    now: Callable[[], datetime]


class LevelsScreen:
    def __init__(self, desk: LevelsDesk) -> None:
        self._desk = desk

    async def show(self, visit: Visit) -> web.StreamResponse:
        period, served, names = await self._read(visit)
        whole = levels_of(served, self._desk.hours, period.end)
        return await page(
            visit,
            "levels/levels.html",
            period=period,
            periods=[(name, title) for name, (title, _) in PERIODS.items()],
            lines=self._lines(served, names, period.end),
            whole=whole,
            endings=[(ENDINGS[each], count) for each, count in whole.endings.items()],
            percent=percent,
            seconds=seconds,
        )

    async def behind(self, visit: Visit) -> web.StreamResponse:
        """The conversations behind a figure."""
        what, agent = visit.request.match_info["what"], visit.request.query.get("agent", "")
        period, served, names = await self._read(visit)
        mine = [each for each in served if not agent or each.agent == agent]
        levels = levels_of(mine, self._desk.hours, period.end)
        found = {
            "answer": levels.answer.broken,
            "first_reply": levels.first_reply.broken,
            "discontent": levels.discontent,
            "advise_against": levels.advise_against,
        }[what]
        return await page(
            visit,
            "levels/behind.html",
            title=WHATS[what],
            who=names.get(agent, agent),
            period=period,
            conversations=conversations_of(found),
        )

    async def table(self, visit: Visit) -> web.StreamResponse:
        """The table as a CSV file that Excel opens."""
        period, served, names = await self._read(visit)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(
            [
                "客服",
                "接待",
                "30 秒接入率",
                "3 分钟首回率",
                "首回中位数（秒）",
                "评价数",
                "满意率",
                "推荐 NPS",
                "推荐问到",
            ]
        )
        for line in self._lines(served, names, period.end):
            levels = line.levels
            writer.writerow(
                [
                    line.name or "合计",
                    levels.services,
                    percent(levels.answer.share),
                    percent(levels.first_reply.share),
                    seconds(levels.first_reply),
                    levels.scores,
                    percent(levels.content),
                    "–" if levels.recommends is None else levels.recommends,
                    levels.recommending,
                ]
            )
        name = f"service-levels-{period.name}.csv"
        return web.Response(
            body="\ufeff".encode() + text.getvalue().encode(),
            headers={
                "Content-Type": "text/csv; charset=utf-8",
                "Content-Disposition": f'attachment; filename="{name}"',
            },
        )

    async def _read(self, visit: Visit) -> tuple[Period, list[Served], dict[str, str]]:
        period = period_of(visit.request.query.get("period", USUAL), self._desk.now())
        async with self._desk.database.reading() as connection:
            served = await served_between(connection, period.start, period.end)
            return period, served, await names_of_agents(connection)

    def _lines(self, served: Sequence[Served], names: Mapping[str, str], now: datetime) -> list[Line]:
        hours = self._desk.hours
        whole = Line(agent="", name="", levels=levels_of(served, hours, now))
        theirs = [
            Line(agent=agent, name=names.get(agent, agent), levels=levels)
            for agent, levels in by_agent(served, hours, now)
        ]
        return [whole, *theirs]


def percent(share: float | None) -> str:
    """As people read it: 93%, and a dash where there is nothing to count."""
    return "–" if share is None else f"{share * 100:.0f}%"


def seconds(kept: Kept) -> str:
    """The median wait in whole seconds."""
    return "–" if kept.median_wait is None else f"{kept.median_wait.total_seconds():.0f}"


def conversations_of(ids: Sequence[ConversationId]) -> list[tuple[str, str]]:
    """What each is called, and where it is on the desk."""
    return [(customer_tag(each), f"/desk/{quote(each, safe='')}") for each in ids]
