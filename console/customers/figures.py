"""Segments beside what the shop aims at: size, money of a month, shares. Whole tables are read, away from the loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from customers.population import VALUE_LINE, kept
from customers.profile.profile import Segment
from storage.customers_schema import customer_profiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What the shop's own table says of one row of it. ``share`` of all customers; ``month_fen`` and ``shared`` per
    customer.
    """

    segments: tuple[Segment, ...]
    share: float
    month_fen: int
    shared: float


AIMS: Sequence[Aim] = (
    Aim(segments=(Segment.HIGH_VALUE,), share=0.08, month_fen=520_000, shared=1.8),
    Aim(segments=(Segment.POTENTIAL,), share=0.25, month_fen=68_000, shared=3.2),
    Aim(segments=(Segment.SPREADER, Segment.ORDINARY), share=0.67, month_fen=15_000, shared=0.5),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Of customers whom a segment decides for. ``month_fen``: of the last 30 days; ``shares``: within the window."""

    customers: int = 0
    month_fen: int = 0
    shares: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            customers=self.customers + other.customers,
            month_fen=self.month_fen + other.month_fen,
            shares=self.shares + other.shares,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """``value_line_fen``: the average order value at which the top share of buyers begins. ``also``: customers in a
    segment, whether it decides for them or not.
    """

    made_ms: int
    counted: Mapping[Segment, Counted]
    also: Mapping[Segment, int]
    value_line_fen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the shop's table with what is. ``month_fen`` and ``shared``: per customer, None without any."""

    aim: Aim
    counted: Counted
    share: float
    month_fen: int | None
    shared: float | None


def rows_of(counted: Mapping[Segment, Counted]) -> tuple[Row, ...]:
    """Pure. Shares of nobody are 0."""
    everybody = sum(each.customers for each in counted.values())
    return tuple(_row(aim, counted, everybody) for aim in AIMS)


async def count_segments(connection: AsyncConnection, now_ms: int) -> Figures:
    table = customer_profiles.c
    query = select(table.segments, func.count(), func.sum(table.month_fen), func.sum(table.shares))
    counted: dict[Segment, Counted] = {}
    also: dict[Segment, int] = {}
    for names, customers, month_fen, shares in await connection.execute(query.group_by(table.segments)):
        segments = [Segment(name) for name in names.split(",")]
        here = Counted(customers=customers, month_fen=int(month_fen), shares=int(shares))
        counted[segments[0]] = counted.get(segments[0], Counted()) + here
        for segment in segments:
            also[segment] = also.get(segment, 0) + customers
    line = await kept(connection, VALUE_LINE)
    return Figures(
        made_ms=now_ms, counted=counted, also=also, value_line_fen=int(line) if line.isdigit() else None
    )


def _row(aim: Aim, counted: Mapping[Segment, Counted], everybody: int) -> Row:
    here = sum((counted.get(segment, Counted()) for segment in aim.segments), Counted())
    return Row(
        aim=aim,
        counted=here,
        share=here.customers / everybody if everybody else 0.0,
        month_fen=round(here.month_fen / here.customers) if here.customers else None,
        shared=here.shares / here.customers if here.customers else None,
    )
