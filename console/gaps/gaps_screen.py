"""The list of what customers ask in vain, and finding it anew."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from console.audit.log import AuditLog
from console.gaps.desk import FINDING, GapsDesk
from console.gaps.kept import KeptCluster, KeptMined
from console.gaps.listing import DAYS, STATE_TITLES, Line, State, listing, sought_of
from console.gaps.words import REASON_TITLES
from console.gaps.work import Stage
from console.gaps.writing import held_prints
from console.web.rendering import fragment, go, page
from console.web.visit import Visit
from knowledge_base.mining.dismissals import dismissed_prints
from knowledge_base.mining.gathering import bare
from knowledge_base.mining.questions import QuestionKey
from knowledge_base.mining.store import questions_of
from knowledge_base.mining.suggesting import Advice
from storage.times import to_ms

_OLD_MS = 24 * 3600 * 1000
"""What was found longer ago is offered to be found again."""


class GapsScreen:
    def __init__(self, desk: GapsDesk, audit: AuditLog) -> None:
        self._desk = desk
        self._audit = audit
        self._prints: dict[str, str] = {}

    async def list(self, visit: Visit) -> web.StreamResponse:
        sought = sought_of(visit.request.query)
        mined, note = await self._desk.mined(), await self._desk.note(FINDING)
        now_ms = to_ms(self._desk.editors.now())
        held = await self.held() if mined else frozenset[str]()
        dismissed = await self._desk.read(dismissed_prints) if mined else frozenset[str]()
        found = listing(
            mined.clusters if mined else (), sought, now_ms=now_ms, held=held, dismissed=dismissed
        )
        entries = {entry.id: entry.question for entry in await self._desk.editors.entries()}
        return await page(
            visit,
            "gaps/list.html",
            tab="gaps",
            sought=sought,
            mined=mined,
            note=note,
            found=found,
            texts=await self._texts(found.lines),
            entries=entries,
            is_old=mined is not None and now_ms - mined.at_ms > _OLD_MS,
            days=DAYS,
            reasons=REASON_TITLES,
            states=STATE_TITLES,
            Stage=Stage,
            State=State,
            Advice=Advice,
        )

    async def find(self, visit: Visit) -> web.StreamResponse:
        if await self._desk.find():
            await self._audit.record(visit.act("gaps.found"))
        return await go(visit, "/gaps")

    async def finding(self, visit: Visit) -> web.StreamResponse:
        """How far it is, for htmx; at its end the page is loaded anew."""
        note = await self._desk.note(FINDING)
        answer = await fragment(visit, "gaps/finding.html", note=note, Stage=Stage)
        if note is None or note.stage is not Stage.WORKING:
            answer.headers["HX-Refresh"] = "true"
        return answer

    async def cluster(self, visit: Visit) -> tuple[KeptMined, KeptCluster] | None:
        """The one in the address; None when it was found anew meanwhile."""
        mined = await self._desk.mined()
        found = mined.cluster(visit.request.match_info["gap"]) if mined else None
        return None if mined is None or found is None else (mined, found)

    async def held(self) -> frozenset[str]:
        """Prints of every phrasing that is stored."""
        entries = await self._desk.editors.entries()
        texts = [text for entry in entries for text in entry.phrasings]
        return await self._desk.editors.light(lambda: held_prints(texts, self._prints))

    async def _texts(self, lines: Sequence[Line]) -> dict[str, tuple[str, ...]]:
        """By cluster, its examples that are still in the log."""
        keys = [key for line in lines for key in line.cluster.examples]

        async def read(connection: AsyncConnection) -> dict[QuestionKey, str]:
            found = await questions_of(connection, keys)
            return {key: bare(question.text) for key, question in found.items()}

        texts = await self._desk.read(read) if keys else {}
        return {
            line.cluster.id: tuple(texts[key] for key in line.cluster.examples if key in texts)
            for line in lines
        }
