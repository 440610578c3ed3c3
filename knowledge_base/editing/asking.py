"""Asks an index questions as if some phrasings were not stored. Blocking; used from one thread at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from knowledge_base.answering import Policy, choose
from knowledge_base.decision import Verdict
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry, EntryId
from knowledge_base.index.build import build_index
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.searching import NO_INDEX
from knowledge_base.text import exact_key, tidy

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
def index_of(entries: Sequence[Entry], embedder: Embedder) -> Iterator[IndexVersion]:
    """An index that nobody else sees, gone with the block."""
    with TemporaryDirectory(prefix="xiaoer-trial-") as folder:
        shelf = Shelf(Path(folder))
        built = build_index(shelf, entries, embedder, lambda done, total: None)
        yield IndexVersion.open(shelf.folder(built.version))


def ask(
    index: IndexVersion | None,
    asked: Sequence[tuple[str, EntryId | None]],
    embedder: Embedder,
    policy: Policy,
    step: Callable[[], None] = lambda: None,
) -> list[Verdict]:
    """A verdict on each (tidied text, entry whose phrasing it is), the phrasing left out where the entry holds it.

    ``step`` is called after each.
    """
    if index is None:
        return [NO_INDEX] * len(asked)
    vectors = embedder.encode([tidied for tidied, _ in asked])
    rows: dict[EntryId, Mapping[str, int]] = {}
    verdicts = []
    for (tidied, entry_id), vector in zip(asked, vectors, strict=True):
        if entry_id is not None and entry_id not in rows:
            rows[entry_id] = _rows(index, entry_id)
        held = rows[entry_id] if entry_id is not None else {}
        row = held.get(tidied)
        finding = index.search(vector, tidied, without=row)
        exact = index.exact(exact_key(tidied))
        if row is not None and not _also_held(tidied, held):
            exact = tuple(entry for entry in exact if entry.id != entry_id)
        verdicts.append(choose(tidied, finding, exact, policy))
        step()
    return verdicts


def _rows(index: IndexVersion, entry_id: EntryId) -> Mapping[str, int]:
    entry = index.entry(entry_id)
    if entry is None:
        return {}
    return dict(zip(map(tidy, entry.phrasings), index.rows_of(entry_id), strict=True))


def _also_held(tidied: str, held: Mapping[str, int]) -> bool:
    """Whether the entry holds the same question in other words: 怎么退货 and 请问怎么退货."""
    return any(exact_key(other) == exact_key(tidied) for other in held if other != tidied)
