"""Where things stand in an index version: phrasings of an entry, an entry by its id, phrasings by their exact key.

Plain arrays, so that a million entries are no Python objects and processes share them as memory maps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.entry import Entry

Places = NDArray[np.int64]

_PARTS = ("id-hashes", "id-places", "key-hashes", "key-places", "first-rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class HashTable:
    """Places of texts by their hashes: ``hashes`` in order, ``places`` beside them, in order where hashes are equal.

    64 bits: among a million texts the chance that a strange one seems to be there is 1 in 18 billions.
    """

    hashes: NDArray[np.uint64]
    places: NDArray[np.int32]

    @classmethod
    def of(cls, texts: Iterable[str]) -> HashTable:
        """The place of each text is its number."""
        hashes = np.fromiter((_hash(text) for text in texts), dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")
        return cls(hashes=hashes[order], places=order.astype(np.int32))

    def find(self, text: str) -> list[int]:
        """Every place of ``text``, in order."""
        wanted = np.uint64(_hash(text))
        start = int(self.hashes.searchsorted(wanted, side="left"))
        stop = int(self.hashes.searchsorted(wanted, side="right"))
        found: list[int] = self.places[start:stop].tolist()
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """``ids``: places of entries by id; ``keys``: rows of phrasings by exact key; ``first_rows`` (entries and one
    more): where each entry's phrasings begin.
    """

    ids: HashTable
    keys: HashTable
    first_rows: Places

    def rows(self, place: int) -> range:
        """The phrasings of an entry."""
        return range(int(self.first_rows[place]), int(self.first_rows[place + 1]))

    def counts(self, places: NDArray[np.integer]) -> Places:
        """How many phrasings entries have."""
        return np.asarray(self.first_rows[places + 1] - self.first_rows[places], dtype=np.int64)

    def owners(self, rows: NDArray[np.integer]) -> Places:
        """The entry of each phrasing."""
        return np.asarray(self.first_rows.searchsorted(rows, side="right") - 1, dtype=np.int64)


def make_tables(entries: Sequence[Entry], keys: Sequence[str]) -> Tables:
    """``keys``: the exact key of each phrasing."""
    counts = np.fromiter((len(entry.phrasings) for entry in entries), dtype=np.int64)
    return Tables(
        ids=HashTable.of(entry.id for entry in entries),
        keys=HashTable.of(keys),
        first_rows=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)]),
    )


def write_tables(folder: Path, tables: Tables) -> None:
    arrays: tuple[NDArray[Any], ...] = (
        tables.ids.hashes,
        tables.ids.places,
        tables.keys.hashes,
        tables.keys.places,
        tables.first_rows,
    )
    for part, array in zip(_PARTS, arrays, strict=True):
        np.save(folder / f"{part}.npy", array)


def map_tables(folder: Path) -> Tables:
    """As memory maps."""
    id_hashes, id_places, key_hashes, key_places, first_rows = (
        map_array(folder / f"{part}.npy") for part in _PARTS
    )
    return Tables(
        ids=HashTable(hashes=id_hashes, places=id_places),
        keys=HashTable(hashes=key_hashes, places=key_places),
        first_rows=first_rows,
    )


def map_array(path: Path) -> Any:
    """The array of a file, of the kind that the file says.

    A plain view of the map: numpy slices those several times faster than its own memory-map type.
    """
    return np.asarray(np.load(path, mmap_mode="r"))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
