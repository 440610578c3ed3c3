"""Where the entries are kept."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from knowledge_base.audience import AudienceUnreadable
from knowledge_base.entry import Entry, EntryId
from knowledge_base.errors import EntriesCorrupt
from knowledge_base.index.manifest import entries_text


class EntryStore(Protocol):
    """The knowledge base's entries, in their order."""

    def read(self) -> tuple[Entry, ...]:
        """All entries; none before the first import. Raises ``EntriesCorrupt``."""

    def write(self, entries: Sequence[Entry]) -> None:
        """Replace all entries in one step: a reader sees the old ones or the new ones."""

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold this while reading, changing and writing, and while building the index; others wait. Not reentrant."""


class EntryFile:
    """Entries in ``<path>/entries.jsonl``, changed under a lock on ``<path>/lock``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path / "entries.jsonl"
        self._laid = path / "entries.jsonl.next"

    def read(self) -> tuple[Entry, ...]:
        try:
            text = self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ()
        except UnicodeDecodeError as exc:
            raise EntriesCorrupt(f"{self._file} is not UTF-8") from exc
        # Not splitlines(): that also cuts at U+2028 and friends inside a text.
        lines = enumerate(text.split("\n"), 1)
        entries: dict[EntryId, Entry] = {}
        for number, entry in ((number, self._entry(number, line)) for number, line in lines if line):
            if entry.id in entries:
                raise EntriesCorrupt(f"{self._file}:{number}: id {entry.id} appears twice; keep one of them")
            entries[entry.id] = entry
        return tuple(entries.values())

    def write(self, entries: Sequence[Entry]) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        replace_file(self._file, entries_text(entries))

    def lay_ready(self, entries: Sequence[Entry]) -> None:
        """Write entries beside those in use; ``take_laid`` puts them in their place, ``drop_laid`` forgets them."""
        self._path.mkdir(parents=True, exist_ok=True)
        with self._laid.open("w", encoding="utf-8") as file:
            file.write(entries_text(entries))
            file.flush()
            os.fsync(file.fileno())

    def laid(self) -> str | None:
        """The text that lies ready, perhaps cut short by a crash; None when nothing does."""
        try:
            return self._laid.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None

    def take_laid(self) -> None:
        """Replace the entries by those that lie ready, in one step."""
        self._laid.replace(self._file)
        sync_folder(self._path)

    def drop_laid(self) -> None:
        self._laid.unlink(missing_ok=True)

    def changed_at(self) -> float:
        """When the stored entries were last changed, seconds since 1970."""
        return self._file.stat().st_mtime if self._file.exists() else self._path.stat().st_mtime

    @contextmanager
    def changing(self) -> Iterator[None]:
        self._path.mkdir(parents=True, exist_ok=True)
        with (self._path / "lock").open("w") as lock:
            # Released by the system when the process dies, so no lock is ever left behind.
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _entry(self, number: int, line: str) -> Entry:
        try:
            return Entry.from_json(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, AudienceUnreadable) as exc:
            raise EntriesCorrupt(f"{self._file}:{number} is not an entry: {exc}") from exc


def replace_file(path: Path, text: str) -> None:
    """Write a file in one step that also survives the loss of power: readers see the old text or the new one."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """See to it that names in a folder survive the loss of power."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
