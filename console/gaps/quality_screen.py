"""How well customers are answered: shares, and what labels say of the answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from console.gaps.desk import GapsDesk
from console.gaps.drawing import HEIGHT, WIDTH, draw
from console.gaps.listing import DAYS, DEFAULT_DAYS
from console.gaps.words import REACTION_TITLES
from console.web.rendering import page
from console.web.visit import Visit
from conversations.questions import Reaction
from knowledge_base.calibrating.curve import Curve, Grounds, read_curve
from knowledge_base.index.shelf import Shelf
from knowledge_base.mining.label_store import stored_labels
from knowledge_base.mining.labels import implied_labels
from knowledge_base.mining.quality import Quality, quality_of
from knowledge_base.mining.questions import Missed
from knowledge_base.mining.store import questions_between

FEW = 59
"""With fewer labels even without a wrong answer nobody can say that under 5 % are wrong: .95 ** 59 < .05."""


class QualityScreen:
    def __init__(self, desk: GapsDesk, *, max_wrong_rate: float) -> None:
        self._desk = desk
        self._max_wrong_rate = max_wrong_rate

    async def show(self, visit: Visit) -> web.StreamResponse:
        asked_for = visit.request.query.get("days", "")
        days = int(asked_for) if asked_for in set(map(str, DAYS)) else DEFAULT_DAYS
        until = self._desk.editors.now()
        since = until - timedelta(days=days)
        quality = await self._desk.read(lambda connection: _read(connection, since, until))
        curve = await self._desk.editors.light(self._curve)
        return await page(
            visit,
            "gaps/quality.html",
            tab="quality",
            days=DAYS,
            chosen=days,
            quality=quality,
            reactions=REACTION_TITLES,
            max_wrong_rate=self._max_wrong_rate,
            few=FEW,
            Reaction=Reaction,
            Missed=Missed,
            curve=curve,
            drawing=draw(curve, max_wrong_rate=self._max_wrong_rate),
            field=(WIDTH, HEIGHT),
            Grounds=Grounds,
        )

    def _curve(self) -> Curve | None:
        """Of the index in use."""
        shelf = Shelf(self._desk.editors.folder)
        version = shelf.current()
        return read_curve(shelf.folder(version)) if version else None


async def _read(connection: AsyncConnection, since: datetime, until: datetime) -> Quality:
    questions = await questions_between(connection, since, until)
    labels = (*await stored_labels(connection), *implied_labels(questions))
    return quality_of(questions, labels)
