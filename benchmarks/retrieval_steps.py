"""The steps of ``retrieval_speed``; each runs alone in its process and gives figures."""

from __future__ import annotations

import asyncio
import dataclasses
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import psutil

from benchmarks import arguments, figures
from benchmarks.retrieval_material import MixedVectors, distinct_questions, questions
from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.embedder.opening import open_embedder
from knowledge_base.index.build import build_index
from knowledge_base.index.centring import centred
from knowledge_base.index.checking import SOUND
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.index.manifest import CENTRE, EMBEDDED, ENTRIES, LEXICAL, LINES, lexical_file
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.stored_entries import StoredEntries
from knowledge_base.index.tables import map_array, map_tables
from knowledge_base.index.vectors import CHUNK
from knowledge_base.index.version import IndexVersion
from knowledge_base.searching import judge
from knowledge_base.service import KnowledgeBase
from knowledge_base.settings import KnowledgeBaseSettings
from knowledge_base.text import tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to measure; the options of ``retrieval_speed``."""

    folder: Path
    entries: int
    questions: int
    compared: int
    callers: int
    texts: int
    threads: int

    @property
    def version(self) -> Path:
        """The index in use."""
        shelf = Shelf(self.folder)
        version = shelf.current()
        assert version is not None
        return shelf.folder(version)


def build(step: Step) -> Mapping[str, object]:
    """An index that is there is kept: then nothing is said about its making."""
    made: dict[str, object] = {}
    if Shelf(step.folder).current() is None:
        mixed = MixedVectors(open_embedder("default", threads=1))
        entries = mixed.entries(step.entries)
        prepared = _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
        started = time.monotonic()
        build_index(Shelf(step.folder), entries, mixed, _progress)
        made = {
            "build_s": round(time.monotonic() - started, 1),
            "peak_resident_mb": _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024),
            "of_which_the_entries_given_mb": prepared,
        }
    files: Counter[str] = Counter()
    for path in step.version.iterdir():
        files[path.name.split("-")[0].split(".")[0]] += path.stat().st_size
    sizes = {name: _megabytes(size) for name, size in files.most_common()}
    return {**made, "files_mb": sizes, "all_files_mb": _megabytes(files.total())}


def decide(step: Step) -> Mapping[str, object]:
    """One question at a time, one thread, nothing remembered."""
    embedder = open_embedder("default", threads=1)
    policy = Policy(calibration=shipped_calibration(), max_wrong_rate=0.02)
    before = _memory()
    (step.version / SOUND).unlink(missing_ok=True)
    open_s = [_timed(lambda: IndexVersion.open(step.version)) for _ in range(2)]
    index = IndexVersion.open(step.version)
    opened = _memory()
    asked = questions(step.questions)
    judge(asked[:20], index, embedder, policy)
    wall, busy, embedding = [], [], []
    for question in asked:
        started, worked = time.perf_counter(), time.process_time()
        judge([question], index, embedder, policy)
        wall.append(time.perf_counter() - started)
        busy.append(time.process_time() - worked)
        embedding.append(_timed(lambda text=question: embedder.encode([tidy(text)])))  # type: ignore[misc]
    return {
        "questions": len(asked),
        "decision_ms": figures.milliseconds(wall),
        # What is left when other programs share the processor.
        "processor_ms": figures.milliseconds(busy),
        "of_which_embedding_ms": figures.milliseconds(embedding),
        "open_s": {"files_hashed": round(open_s[0], 2), "again": round(open_s[1], 3)},
        "memory_mb": {"before": before, "opened": opened, "after_questions": _memory()},
    }


def compare(step: Step) -> Mapping[str, object]:
    """What the index finds beside what a search of all phrasings finds."""
    embedder, folder = open_embedder("default", threads=1), step.version
    index, everything = IndexVersion.open(folder), _search_of_everything(folder)
    if index.manifest.exact:
        return {"exact": True}
    same, shared, listed, near = [], 0, 0, []
    for question in questions(step.compared):
        text = tidy(question)
        (vector,) = embedder.encode([text])
        found = [match.entry.id for match in index.search(vector, text).matches]
        wanted = everything.search(vector, text).matches
        same.append(found[:1] == [wanted[0].entry.id])
        if wanted[0].dense >= _LIKELY:
            near.append(same[-1])
        shared += len(set(found) & {match.entry.id for match in wanted})
        listed += len(wanted)
    return {
        "exact": False,
        "questions": len(same),
        "same_first": figures.share(sum(same), len(same)),
        f"same_first_where_its_cosine_is_{_LIKELY}": figures.share(sum(near), len(near)),
        "shared_of_ten": figures.share(shared, listed),
    }


_LIKELY = 0.5
"""Below this cosine hardly anything is answered or offered."""


def throughput(step: Step) -> Mapping[str, object]:
    """Many callers at once, each asking its next text when it has its decision; all texts differ."""
    return asyncio.run(_throughput(step))


async def _throughput(step: Step) -> Mapping[str, object]:
    settings = KnowledgeBaseSettings(path=step.folder, threads=step.threads)
    base = await KnowledgeBase.open(settings)
    texts = distinct_questions(step.texts + step.callers)
    await asyncio.gather(*(base.explain(text) for text in texts[step.texts :]))
    waiting = iter(texts[: step.texts])
    seconds: list[float] = []

    async def call(mine: Iterator[str]) -> None:
        for text in mine:
            started = time.perf_counter()
            await base.explain(text)
            seconds.append(time.perf_counter() - started)

    started, worked = time.perf_counter(), time.process_time()
    await asyncio.gather(*(call(waiting) for _ in range(step.callers)))
    took, busy = time.perf_counter() - started, time.process_time() - worked
    await base.close()
    return {
        "callers": step.callers,
        "texts": len(seconds),
        "threads": step.threads,
        "batch_size": settings.batch_size,
        "decisions_per_s": round(len(seconds) / took, 1),
        "processor_ms_per_decision": round(busy / len(seconds) * 1000, 2),
        "waited_ms": figures.milliseconds(seconds),
    }


STEPS: Mapping[str, Callable[[Step], Mapping[str, object]]] = {
    "build": build,
    "decide": decide,
    "compare": compare,
    "throughput": throughput,
}


def _search_of_everything(folder: Path) -> IndexVersion:
    """The same index, but every vector and every posting is looked at, and vectors have 32 bits."""
    embedded, centre = map_array(folder / EMBEDDED), np.load(folder / CENTRE)
    vectors = faiss.IndexFlatIP(embedded.shape[1])
    for start in range(0, len(embedded), CHUNK):
        vectors.add(centred(embedded[start : start + CHUNK].astype(np.float32), centre))
    arrays: dict[str, Any] = {part: map_array(folder / lexical_file(part)) for part in LEXICAL}
    index = IndexVersion.open(folder)
    return IndexVersion(
        version=index.version,
        manifest=dataclasses.replace(index.manifest, exact=True),
        entries=StoredEntries.map(folder / ENTRIES, map_array(folder / LINES)),
        centre=centre,
        vectors=vectors,
        lexical=LexicalIndex(texts=index.manifest.phrasings, scanned=True, **arrays),
        embedded=embedded,
        tables=map_tables(folder),
    )


def _memory() -> Mapping[str, float]:
    """``own``: what this process alone pays for; the rest are pages of files, shared with every other process."""
    resident = psutil.Process().memory_info().rss
    return {"resident": _megabytes(resident), "own": _megabytes(_anonymous())}


def _anonymous() -> int:
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").split("\n")
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Anonymous:"))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _megabytes(size: float) -> float:
    return round(size / 1e6, 1)


def _progress(done: int, total: int) -> None:
    if total and (done == total or done % (1024 * 64) == 0):
        arguments.progress(f"vectors {done} of {total}")
