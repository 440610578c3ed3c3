"""The canned replies that an agent may mean, filled in for the conversation that is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from console.desk.visited import conversation_in
from console.desk.words import ENDINGS
from console.web.rendering import fragment
from console.web.visit import Visit
from escalation.after_sales.store import open_in
from escalation.canned import CannedReply, filled, usable
from storage.database import Database

SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """``text``: filled in, with gaps where nothing is known. ``then``: what is done once it is said, in words."""

    id: int
    name: str
    text: str
    then: str


class CannedChoices:
    """``values``: what the shop knows of itself, by the names of ``escalation.canned.GAPS``."""

    def __init__(self, database: Database, values: Callable[[], Mapping[str, str]]) -> None:
        self._database = database
        self._values = values

    async def show(self, visit: Visit) -> web.StreamResponse:
        """A part for htmx; ``q``: what the agent typed behind the slash."""
        where = conversation_in(visit)
        async with self._database.reading() as connection:
            replies = await usable(connection, visit.account.login)
            orders = {case.case.wish.order_no for case in await open_in(connection, where)} - {None}
        values = {
            **self._values(),
            "name": "您",
            "agent": visit.account.name,
            "order": (orders.pop() or "") if len(orders) == 1 else "",
        }
        asked = visit.request.query.get("q", "")
        return await fragment(
            visit, "canned/_choices.html", choices=choices(replies, asked, values), any=bool(replies)
        )


def choices(replies: Iterable[CannedReply], asked: str, values: Mapping[str, str]) -> Sequence[Choice]:
    """Those that fit, whose names begin so first."""
    fitting = [reply for reply in replies if reply.fits(asked)]
    fitting.sort(key=lambda reply: not reply.name.casefold().startswith(asked.strip().casefold()))
    return [
        Choice(id=reply.id, name=reply.name, text=filled(reply.text, values), then=then(reply))
        for reply in fitting[:SHOWN]
    ]


def then(reply: CannedReply) -> str:
    """What else is done, in words; empty when nothing is."""
    parts = ["记备注"] if reply.note else []
    if reply.ending is not None:
        parts.append(f"结束：{ENDINGS[reply.ending]}")
    return "，".join(parts)
