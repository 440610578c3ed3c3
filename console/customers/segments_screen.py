"""Segments: how large each is, what it brings, and where its thresholds are."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from console.customers.desk import CustomersDesk
from console.customers.figures import Figures, count_segments, rows_of
from console.customers.kept import Kept
from console.customers.telling import whole_yuan
from console.customers.words import SEGMENT_COLOURS, SEGMENT_MEANINGS
from console.web.rendering import page
from console.web.visit import Visit
from customers.profile.names import SEGMENTS
from customers.profile.profile import Segment
from customers.settings import SegmentSettings


class SegmentsScreen:
    def __init__(self, desk: CustomersDesk) -> None:
        self._desk = desk
        self._figures = Kept(self._count)

    async def show(self, visit: Visit) -> web.StreamResponse:
        figures = await self._figures.get()
        settings = self._desk.settings.segments
        return await page(
            visit,
            "customers/segments.html",
            tab="segments",
            figures=figures,
            everybody=sum(each.customers for each in figures.counted.values()),
            rows=rows_of(figures.counted),
            order=[Segment(name) for name in settings.order],
            thresholds={
                segment: thresholds_of(segment, settings, figures.value_line_fen) for segment in Segment
            },
            segments=SEGMENTS,
            colours=SEGMENT_COLOURS,
            meanings=SEGMENT_MEANINGS,
            window_days=settings.window_days,
            yuan=whole_yuan,
        )

    async def _count(self) -> Figures:
        now_ms = self._desk.now_ms
        return await self._desk.read(lambda connection: count_segments(connection, now_ms))


def thresholds_of(segment: Segment, settings: SegmentSettings, value_line_fen: int | None) -> Sequence[str]:
    """What makes somebody be in it, each a sentence; all must hold. Pure."""
    days = settings.window_days
    match segment:
        case Segment.HIGH_VALUE:
            line = "" if value_line_fen is None else f"，现在是 {whole_yuan(value_line_fen)} 起"
            return (
                f"{days} 天内复购至少 {settings.repeat_orders} 次（第一单不算，退掉的不算）",
                f"客单价排在买家的前 {settings.top_share:.0%}{line}",
                f"主动分享至少 {settings.own_shares} 次（有奖励的不算）",
            )
        case Segment.SPREADER:
            return ("是团长、分销员或达人",)
        case Segment.POTENTIAL:
            return (
                "上次付款以后又加了购物车",
                f"之后浏览超过 {settings.viewed_seconds} 秒",
                f"{days} 天内领过券",
            )
        case Segment.ORDINARY:
            return ("不在上面任何一个人群",)
