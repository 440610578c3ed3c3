"""The knowledge base as the bot uses it: opened once, asked by many, swapped when a new index version appears."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from knowledge_base.answering import Policy
from knowledge_base.decision import Decision, Verdict
from knowledge_base.embedder.port import Embedder
from knowledge_base.embedder.remembering import RememberingEmbedder
from knowledge_base.embedders import Embedders
from knowledge_base.entry import Entry, EntryId
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index.manifest import VersionId
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.reranker.looking_again import SecondStage
from knowledge_base.rerankers import Rerankers
from knowledge_base.searching import Asked, judge_asked, recognise, recognise_asked
from knowledge_base.serving import Asker
from knowledge_base.settings import KnowledgeBaseSettings
from knowledge_base.text import tidy
from knowledge_base.waiting import Waiting, WaitingLine
from knowledge_base.words import load_dictionary

T = TypeVar("T")

log = logging.getLogger(__name__)

MAX_WAITING = 512
"""Questions that wait at most: two to three seconds' work of one core. A turn that waited longer would be given up."""

Key = tuple[VersionId | None, Asked]
"""An index version, and what was asked as far as it matters: the day is part of it, so a verdict ends with its day."""


class KnowledgeBase:
    """Decides about questions in a thread of its own; the event loop never waits for the model.

    Questions that arrive while that thread works are taken together next, and the same one only once. When too many
    wait, further ones are turned away. A question keeps the index version it was started with, so a swap loses
    nothing; the old version is freed with its last question.
    """

    def __init__(
        self,
        settings: KnowledgeBaseSettings,
        embedder: Embedder,
        *,
        embedders: Embedders | None = None,
        second: SecondStage | None = None,
        rerankers: Rerankers | None = None,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        """``open`` is the usual way; tests pass their own embedder. ``embedders``, ``rerankers``: where those of
        another index are; without ``rerankers`` the ``second`` stage stays.
        """
        self._settings = settings
        self._embedders = embedders
        self._embedder = RememberingEmbedder(embedder, size=settings.cache_size)
        self._shelf = Shelf(settings.path)
        self._policy = Policy.of(settings)
        self._second = second
        self._rerankers = rerankers
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="knowledge-base")
        self._index: IndexVersion | None = None
        self._line = WaitingLine(size=max_waiting)
        self._pending: dict[Key, asyncio.Future[Verdict]] = {}
        self._pump: asyncio.Task[None] | None = None
        self._remembered: OrderedDict[Key, Verdict] = OrderedDict()
        self._closed = False

    @classmethod
    async def open(cls, settings: KnowledgeBaseSettings) -> KnowledgeBase:
        """Load the embedder and the index in use, off the loop. Without an index yet every question is refused.

        Raises ``EmbedderUnavailable``, ``RerankerUnavailable``, ``IndexCorrupt``, or ``KnowledgeBaseError`` when the
        index was made by an embedder that is not here.
        """
        embedders = Embedders.named(settings.embedder, settings.path, threads=settings.threads)
        embedder = await asyncio.to_thread(embedders.in_use)
        rerankers = Rerankers(settings)
        second = await asyncio.to_thread(rerankers.second_stage, rerankers.in_use())
        # Two seconds at the first start; not for the first customer to wait for.
        await asyncio.to_thread(load_dictionary)
        base = cls(settings, embedder, embedders=embedders, second=second, rerankers=rerankers)
        await base._load(base._shelf.current())
        return base

    @property
    def version(self) -> str | None:
        """The index version in use."""
        return self._index.version if self._index else None

    @property
    def embedder(self) -> str:
        """Names what embeds now; it changes with the index."""
        return self._embedder.identity

    @property
    def ready(self) -> bool:
        """Whether questions can be answered: open, with an index."""
        return self._index is not None and not self._closed

    @property
    def entries_count(self) -> int:
        return len(self._index.entries) if self._index else 0

    def entry(self, entry_id: str) -> Entry | None:
        return self._index.entry(entry_id) if self._index else None

    async def decide(self, text: str) -> Decision:
        """What to say to ``text``. A stored phrasing needs no model. Raises as ``explain`` does."""
        return (await self.verdict(text)).decision

    async def verdict(
        self, text: str, *, previous: EntryId | None = None, asker: Asker | None = None
    ) -> Verdict:
        """As ``decide``, with the grounds; of a stored phrasing only the entries that hold it are ranked.

        ``previous`` and ``asker`` as in ``Asked``.
        """
        self._check_open()
        asked = Asked(text=text, previous=previous, asker=asker).as_decided()
        return recognise_asked(asked, self._index, self._policy) or await self._explained(asked)

    def knows(self, text: str) -> bool:
        """Whether ``text`` is a stored phrasing, as it is."""
        return recognise(text, self._index, self._policy) is not None

    async def explain(
        self, text: str, *, previous: EntryId | None = None, asker: Asker | None = None
    ) -> Verdict:
        """What to say to ``text``, and why. Raises ``KnowledgeBaseBusy`` when too many questions wait already."""
        self._check_open()
        return await self._explained(Asked(text=text, previous=previous, asker=asker).as_decided())

    async def _explained(self, asked: Asked) -> Verdict:
        key = (self._index.version if self._index else None, asked)
        if remembered := self._remembered.get(key):
            self._remembered.move_to_end(key)
            return remembered
        verdict = self._pending.get(key)
        if verdict is None:
            verdict = self._pending[key] = self._line.join(asked)
            verdict.add_done_callback(lambda _: self._pending.pop(key, None))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._work(), name="knowledge-base")
        # Somebody else may wait for the same verdict: who gives up does so alone.
        return await asyncio.shield(verdict)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of ``texts``, (texts, width), float32."""
        self._check_open()
        tidied = [tidy(text) for text in texts]
        return await self._in_thread(lambda: self._embedder.encode(tidied))

    async def refresh(self) -> bool:
        """Look whether another index version is in use by now and change to it; True when it changed.

        A version that cannot be opened is logged and left alone: the one that works goes on.
        """
        self._check_open()
        current = await asyncio.to_thread(self._shelf.current)
        if current is None or current == self.version:
            return False
        try:
            await self._load(current)
        except KnowledgeBaseError as exc:
            log.warning("index_not_taken: %s", exc)
            return False
        return True

    async def close(self) -> None:
        """Finish what was asked, refuse what comes later. May be called twice."""
        self._closed = True
        if self._pump is not None:
            await asyncio.wait([self._pump])
        await asyncio.to_thread(self._thread.shutdown)
        self._index = None

    async def _load(self, version: VersionId | None) -> None:
        if version is None:
            return
        # Not in the model's thread: hashing the files of a large version must not hold up questions.
        index = await asyncio.to_thread(
            IndexVersion.open, self._shelf.folder(version), wording_counts=self._settings.lexical
        )
        embedder = self._embedder
        if index.manifest.embedder != embedder.identity:
            embedder = await asyncio.to_thread(self._other_embedder, index)
        second = self._second
        if self._rerankers is not None:
            second = await asyncio.to_thread(self._rerankers.second_stage, index.manifest.reranker)
        self._index, self._embedder, self._second = index, embedder, second
        self._remembered.clear()

    def _other_embedder(self, index: IndexVersion) -> RememberingEmbedder:
        found = self._embedders.of(index.manifest.embedder) if self._embedders else None
        if found is None:
            raise KnowledgeBaseError(f"index {index.version} was built with another embedder; run `kb build`")
        return RememberingEmbedder(found, size=self._settings.cache_size)

    async def _work(self) -> None:
        while batch := self._line.take(self._settings.batch_size):
            index, embedder, second = self._index, self._embedder, self._second
            asked = [each.asked for each in batch]
            try:
                verdicts = await self._in_thread(
                    lambda a=asked, i=index, e=embedder, s=second: judge_asked(  # type: ignore[misc]
                        a, i, e, self._policy, s
                    )
                )
            except Exception as exc:  # noqa: BLE001 - the loop outlives a failed batch; whoever asked is told
                _fail(batch, exc)
                continue
            for each, verdict in zip(batch, verdicts, strict=True):
                self._remember(index, each.asked, verdict)
                each.verdict.set_result(verdict)

    def _remember(self, index: IndexVersion | None, asked: Asked, verdict: Verdict) -> None:
        if index is not self._index or self._settings.cache_size == 0:
            return
        self._remembered[index.version if index else None, asked] = verdict
        if len(self._remembered) > self._settings.cache_size:
            self._remembered.popitem(last=False)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _check_open(self) -> None:
        if self._closed:
            raise KnowledgeBaseError("the knowledge base is closed")


def _fail(batch: Sequence[Waiting], error: Exception) -> None:
    for each in batch:
        each.verdict.set_exception(error)
