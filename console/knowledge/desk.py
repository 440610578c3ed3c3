"""The editors' desk: everything that takes a while, away from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Protocol, TypeVar

from knowledge_base.answering import Policy
from knowledge_base.decision import Verdict
from knowledge_base.editing.asking import Progress
from knowledge_base.editing.drafts import SavedDraft
from knowledge_base.editing.revisions import Revision
from knowledge_base.editing.workbench import Workbench
from knowledge_base.embedders import Embedders
from knowledge_base.entries import EntryFile
from knowledge_base.entry import Entry
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.serving import Asker, day_in_china
from knowledge_base.settings import KnowledgeBaseSettings

T = TypeVar("T")


def _now() -> datetime:
    return datetime.now(UTC)


class LiveKnowledge(Protocol):
    """The knowledge base that customers ask."""

    async def explain(self, text: str, *, asker: Asker | None = None) -> Verdict: ...

    def entry(self, entry_id: str) -> Entry | None: ...

    async def refresh(self) -> bool: ...


async def _no_labels() -> Sequence[LabelledQuestion]:
    return ()


class EditorsDesk:
    """``light`` work reads small files; ``heavy`` work embeds or waits for others, one piece after the other."""

    def __init__(
        self,
        settings: KnowledgeBaseSettings,
        live: LiveKnowledge,
        *,
        labels: Callable[[], Awaitable[Sequence[LabelledQuestion]]] = _no_labels,
        now: Callable[[], datetime] = _now,
    ) -> None:
        """``labels``: the labelled log, on which changes are tried too. The embedder is opened when it is needed."""
        self.folder = settings.path
        self.live = live
        self.labels = labels
        self.now = now
        self.policy = Policy.of(settings)
        embedders = Embedders.named(settings.embedder, settings.path, threads=settings.threads)
        self.embedder = embedders.in_use
        self.bench = Workbench(settings, embedders, self.policy, self._bar)
        self._store = EntryFile(settings.path)
        self._entries: tuple[float, tuple[Entry, ...]] | None = None
        self._progress: Progress | None = None
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

    async def heavy(self, work: Callable[[], T], progress: Progress | None = None) -> T:
        """``progress`` is called in the working thread, with steps done and of how many."""

        def watched() -> T:
            self._progress = progress
            try:
                return work()
            finally:
                self._progress = None

        return await asyncio.get_running_loop().run_in_executor(self._thread, watched)

    def close(self) -> None:
        """What has begun is finished, what waits is not begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    @contextmanager
    def _bar(self, _what: str) -> Iterator[Progress]:
        """Only one piece of heavy work runs at a time, so it is that one's."""
        told = self._progress
        yield told if told is not None else lambda done, total: None

    def _read(self) -> tuple[Entry, ...]:
        if not self.folder.is_dir():
            return ()
        changed = self._store.changed_at()
        if self._entries is None or self._entries[0] != changed:
            self._entries = (changed, self._store.read())
        return self._entries[1]
