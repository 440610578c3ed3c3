"""The editors' desk: everything that takes a while, away from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from knowledge_base.decision import Verdict
from knowledge_base.editing.drafts import SavedDraft
from knowledge_base.editing.revisions import Revision
from knowledge_base.editing.workbench import Workbench
from knowledge_base.entries import EntryFile
from knowledge_base.entry import Entry
from knowledge_base.serving import day_in_china

T = TypeVar("T")


def _now() -> datetime:
    return datetime.now(UTC)


class LiveKnowledge(Protocol):
    """The knowledge base that customers ask."""

    async def explain(self, text: str) -> Verdict: ...

    def entry(self, entry_id: str) -> Entry | None: ...

    async def refresh(self) -> bool: ...


class EditorsDesk:
    """``light`` work reads small files; ``heavy`` work embeds or waits for others, one piece after the other."""

    def __init__(
        self, folder: Path, bench: Workbench, live: LiveKnowledge, *, now: Callable[[], datetime] = _now
    ) -> None:
        """``folder``: of the knowledge base, the one that ``bench`` works on."""
        self.folder = folder
        self.bench = bench
        self.live = live
        self.now = now
        self._store = EntryFile(folder)
        self._entries: tuple[float, tuple[Entry, ...]] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="editors")

    @property
    def today(self) -> date:
        return day_in_china(self.now())

    async def entries(self) -> tuple[Entry, ...]:
        """The stored entries; parsed anew when the file changed only."""
        return await self.light(self._read)

    async def revisions(self) -> tuple[Revision, ...]:
        return await self.light(self.bench.ledger.revisions)

    async def drafts(self) -> tuple[SavedDraft, ...]:
        return await self.light(self.bench.drafts.all)

    async def light(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)

    async def heavy(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def start(self, work: Callable[[], None]) -> None:
        """Heavy work that nobody waits for."""
        self._thread.submit(work)

    def close(self) -> None:
        """What has begun is finished, what waits is not begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _read(self) -> tuple[Entry, ...]:
        if not self.folder.is_dir():
            return ()
        changed = self._store.changed_at()
        if self._entries is None or self._entries[0] != changed:
            self._entries = (changed, self._store.read())
        return self._entries[1]
