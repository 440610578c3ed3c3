"""Which cases a list shows, the next deadline first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.paging import Page, page_sought
from conversations.after_sales import AfterSalesKind
from escalation.after_sales.store import Numbered, numbered
from storage.after_sales_schema import after_sales, is_open
from storage.times import to_ms

PAGE = 30


class Which(StrEnum):
    ALL = "all"
    MINE = "mine"
    OVERDUE = "overdue"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """``kind`` None: any. ``page`` from 1."""

    which: Which = Which.ALL
    kind: AfterSalesKind | None = None
    page: int = 1


def sought_of(query: Mapping[str, str]) -> Sought:
    """From the address; what is not understood counts as the default."""
    which, kind = query.get("which", ""), query.get("kind", "")
    return Sought(
        which=Which(which) if which in set(Which) else Which.ALL,
        kind=AfterSalesKind(kind) if kind in set(AfterSalesKind) else None,
        page=page_sought(query),
    )


async def cases_sought(
    connection: AsyncConnection, sought: Sought, login: str, now: datetime
) -> Page[Numbered]:
    wanted = _condition(sought, login, now)
    found = int((await connection.execute(select(func.count()).where(wanted))).scalar_one())
    pages = max(1, -(-found // PAGE))
    number = min(max(1, sought.page), pages)
    # Those whose customer is to act have no deadline, and come last.
    order = (
        (after_sales.c.ended_ms.desc(), after_sales.c.id.desc())
        if sought.which is Which.ENDED
        else (after_sales.c.due_ms.is_(None), after_sales.c.due_ms, after_sales.c.id)
    )
    query = select(after_sales).where(wanted).order_by(*order).limit(PAGE).offset((number - 1) * PAGE)
    rows = (await connection.execute(query)).mappings()
    return Page(lines=tuple(numbered(row) for row in rows), found=found, number=number, pages=pages)


def _condition(sought: Sought, login: str, now: datetime) -> ColumnElement[bool]:
    wanted = is_open() if sought.which is not Which.ENDED else after_sales.c.ended_ms.is_not(None)
    if sought.which is Which.MINE:
        wanted &= after_sales.c.agent == login
    if sought.which is Which.OVERDUE:
        wanted &= after_sales.c.due_ms < to_ms(now)
    if sought.kind is not None:
        wanted &= after_sales.c.kind == sought.kind.value
    return wanted
