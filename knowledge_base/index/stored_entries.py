"""The entries of an index version as they lie in its file: decoded one by one, when they are asked for."""

from __future__ import annotations

import json
import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from knowledge_base.entry import Entry


class StoredEntries(Sequence[Entry]):
    """JSON lines in a memory map. ``starts`` (entries and one more): the byte at which each line begins."""

    def __init__(self, text: bytes | mmap.mmap, starts: NDArray[np.int64]) -> None:
        self._text = text
        self._starts = starts

    @classmethod
    def map(cls, path: Path, starts: NDArray[np.int64]) -> StoredEntries:
        """Read-only; the map is freed with the object."""
        if path.stat().st_size == 0:
            return cls(b"", starts)
        with path.open("rb") as file:
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), starts)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, at: int | slice) -> Entry | tuple[Entry, ...]:
        if isinstance(at, slice):
            return tuple(self[place] for place in range(*at.indices(len(self))))
        place = at if at >= 0 else at + len(self)
        if not 0 <= place < len(self):
            raise IndexError(at)
        line = self._text[int(self._starts[place]) : int(self._starts[place + 1])]
        return Entry.from_json(json.loads(line))


def line_starts(text: bytes) -> NDArray[np.int64]:
    """Where each line begins, and where the last one ends. ``text`` ends with a line end, or is empty."""
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
    return np.concatenate([np.zeros(1, dtype=np.int64), ends + 1])
