"""Asks an index questions as if some phrasings were not stored. Blocking; used from one thread at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from knowledge_base.answering import Policy
from knowledge_base.decision import Verdict
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry, EntryId
from knowledge_base.index.build import build_index
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.searching import Asked, as_read, judge_asked
from knowledge_base.serving import Asker
from knowledge_base.text import tidy

Floats = NDArray[np.float32]
Progress = Callable[[int, int], None]

_CHUNK = 64


class KnownVectors:
    """An embedder that need not embed what a given index, or an earlier question, has embedded."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._vectors: dict[str, Floats] = {}
        self._taken: set[str] = set()

    @property
    def identity(self) -> str:
        return self._inner.identity

    @property
    def width(self) -> int:
        return self._inner.width

    def take_over(self, index: IndexVersion) -> None:
        """Remember the vectors of an index; one of another embedder has nothing to give."""
        if index.version in self._taken or index.manifest.embedder != self.identity:
            return
        self._taken.add(index.version)
        row = 0
        for entry in index.entries:
            for phrasing in entry.phrasings:
                self._vectors.setdefault(tidy(phrasing), index.vector(row))
                row += 1

    def encode(self, texts: Sequence[str]) -> Floats:
        missing = list(dict.fromkeys(text for text in texts if text not in self._vectors))
        for start in range(0, len(missing), _CHUNK):
            chunk = missing[start : start + _CHUNK]
            self._vectors.update(zip(chunk, self._inner.encode(chunk), strict=True))
        if not texts:
            return self._inner.encode(texts)
        return np.stack([self._vectors[text] for text in texts])


@contextmanager
def index_of(
    entries: Sequence[Entry], embedder: Embedder, *, wording_counts: bool = True
) -> Iterator[IndexVersion]:
    """An index that nobody else sees, gone with the block. ``wording_counts`` as in ``IndexVersion.open``."""
    with TemporaryDirectory(prefix="xiaoer-trial-") as folder:
        shelf = Shelf(Path(folder))
        built = build_index(shelf, entries, embedder, lambda done, total: None)
        yield IndexVersion.open(shelf.folder(built.version), wording_counts=wording_counts)


def ask(
    index: IndexVersion | None,
    asked: Sequence[tuple[str, EntryId | None]],
    embedder: KnownVectors,
    policy: Policy,
    asker: Asker | None,
    step: Callable[[], None] = lambda: None,
) -> list[Verdict]:
    """A verdict on each (tidied text, entry whose phrasing it is), as ``asker`` would get it, the phrasing left out
    where the entry holds it. ``step`` is called after each.
    """
    rows = _Rows(index)
    questions = [Asked(text=text, asker=asker, without=rows.of(text, entry_id)) for text, entry_id in asked]
    if index is not None:
        embedder.encode([as_read(each.text, index, without=each.without) for each in questions])
    verdicts = []
    for question in questions:
        verdicts += judge_asked([question], index, embedder, policy)
        step()
    return verdicts


class _Rows:
    """Numbers of phrasings by their tidied text, entry by entry."""

    def __init__(self, index: IndexVersion | None) -> None:
        self._index = index
        self._known: dict[EntryId, Mapping[str, int]] = {}

    def of(self, tidied: str, entry_id: EntryId | None) -> int | None:
        """None where the entry does not hold it."""
        if self._index is None or entry_id is None:
            return None
        if entry_id not in self._known:
            entry = self._index.entry(entry_id)
            phrasings = map(tidy, entry.phrasings) if entry else ()
            self._known[entry_id] = dict(zip(phrasings, self._index.rows_of(entry_id), strict=True))
        return self._known[entry_id].get(tidied)
