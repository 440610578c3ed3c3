"""The desk for what customers ask in vain: finds it, studies it, and reads the log, all away from the event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from console.gaps.kept import KeptMined, MinedFile, kept, restored, still_open
from console.gaps.work import Note, Stage, WorkNotes
from console.knowledge.desk import EditorsDesk
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.mining.cluster import Cluster
from knowledge_base.mining.gathering import AskedAlike
from knowledge_base.mining.label_store import stored_labels
from knowledge_base.mining.labels import Label, implied_labels
from knowledge_base.mining.miner import Miner
from knowledge_base.mining.questions import LoggedQuestion
from knowledge_base.mining.store import questions_between
from storage.database import Database
from storage.reading_aside import Query, read_aside
from storage.settings import DatabaseSettings
from storage.times import from_ms, to_ms

T = TypeVar("T")
Said = Callable[[AsyncConnection, Iterable[LoggedQuestion]], Awaitable[Mapping[str, tuple[str, ...]]]]
"""What agents wrote after questions that were handed over, by conversation, without personal data."""

FINDING = "finding"
LOOKED_BACK_DAYS = 90
BROKEN = "后台出了点问题，已经记下来了，请稍后再来一次"
GONE = "这组问题已经不在记录里了"
NO_INDEX = "知识库里还没有问答，先写几条再来"

log = structlog.get_logger()


class GapsDesk:
    def __init__(
        self, editors: EditorsDesk, database: Database, settings: DatabaseSettings, *, said: Said
    ) -> None:
        """``settings``: of the same database, which much is read from on connections of their own."""
        self.editors = editors
        self.database = database
        self._settings = settings
        self._said = said
        folder = editors.folder / "mining"
        self.notes = WorkNotes(folder)
        self._file = MinedFile(folder)
        self._miner: tuple[str, Miner] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def read(self, query: Query[T]) -> T:
        """In a thread, so ``query`` may read and sum up a lot."""
        return await read_aside(self._settings, query)

    async def mined(self) -> KeptMined | None:
        return await self.editors.light(self._file.get)

    async def note(self, name: str) -> Note | None:
        return await self.editors.light(lambda: self.notes.get(name))

    async def find(self) -> bool:
        """Begin to look for clusters; False when somebody is at it already."""
        return await self._begin(FINDING, self._find)

    async def study(self, cluster_id: str) -> bool:
        """Begin to look for agents' answer to a cluster and to try what an entry would change."""
        return await self._begin(cluster_id, lambda: self._study(cluster_id))

    async def _begin(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        running = await self.note(name)
        if running is not None and running.stage is Stage.WORKING:
            return False
        await self._put(name, Note(stage=Stage.WORKING, at=time.time()))

        async def watched() -> None:
            try:
                await work()
            except KnowledgeBaseError as problem:
                await self._put(name, Note(stage=Stage.FAILED, at=time.time(), problem=str(problem)))
            except Exception as problem:  # nobody awaits this; whoever looks at the page is told
                log.error("console.mining_failed", error=type(problem).__name__, exc_info=problem)
                await self._put(name, Note(stage=Stage.FAILED, at=time.time(), problem=BROKEN))

        task = asyncio.create_task(watched())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _find(self) -> None:
        until = self.editors.now()
        since = until - timedelta(days=LOOKED_BACK_DAYS)
        questions, labels = await self.read(lambda connection: _log(connection, since, until))
        watch = self.notes.progress(FINDING, lambda: Note(stage=Stage.WORKING, at=0))

        def found() -> None:
            live = self.editors.bench.live()
            if live is None:
                raise KnowledgeBaseError(NO_INDEX)
            mined = self._its_miner().mine(questions, labels, live, today=self.editors.today, progress=watch)
            self.notes.clear(but=FINDING)
            self._file.put(kept(mined, at_ms=to_ms(until), since_ms=to_ms(since)))

        await self.editors.heavy(found)
        await self._put(FINDING, Note(stage=Stage.DONE, at=time.time()))

    async def _study(self, cluster_id: str) -> None:
        mined = await self.mined()
        part = mined.cluster(cluster_id) if mined else None
        if mined is None or part is None:
            raise KnowledgeBaseError(GONE)
        since, until = from_ms(mined.since_ms), from_ms(mined.at_ms)
        questions, labels = await self.read(lambda connection: _log(connection, since, until))
        by_key = {question.key: question for question in questions}
        cluster = await self.editors.light(lambda: restored(part, by_key))
        if cluster is None:
            raise KnowledgeBaseError(GONE)
        said = await self.read(lambda connection: self._said(connection, cluster.questions))
        answer = await self.editors.heavy(lambda: self._its_miner().answer(said))
        known = Note(stage=Stage.WORKING, at=time.time(), result={"answer": answer})
        await self._put(cluster_id, known)

        def gain() -> dict[str, Any]:
            every = (*labels, *implied_labels(questions))
            return self._gain(cluster, still_open(mined, by_key), every)

        result = {"answer": answer, "gain": await self.editors.heavy(gain)}
        await self._put(cluster_id, replace(known, stage=Stage.DONE, result=result))

    def _gain(
        self, cluster: Cluster, others: Sequence[AskedAlike], labels: Sequence[Label]
    ) -> dict[str, Any]:
        live = self.editors.bench.live()
        if live is None:
            raise KnowledgeBaseError(NO_INDEX)
        return asdict(self._its_miner().gain(cluster, others, live, labels, today=self.editors.today))

    def _its_miner(self) -> Miner:
        """For the heavy thread; a new one when the embedder is another."""
        embedder = self.editors.embedder()
        if self._miner is None or self._miner[0] != embedder.identity:
            self._miner = (embedder.identity, Miner(embedder, self.editors.policy))
        return self._miner[1]

    async def _put(self, name: str, note: Note) -> None:
        await self.editors.light(lambda: self.notes.put(name, replace(note, at=time.time())))


async def _log(
    connection: AsyncConnection, since: datetime, until: datetime
) -> tuple[tuple[LoggedQuestion, ...], tuple[Label, ...]]:
    return await questions_between(connection, since, until), await stored_labels(connection)
