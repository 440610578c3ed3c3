"""The folder of index versions and the pointer to the one in use."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge_base.index.manifest import MANIFEST, VersionId


class Shelf:
    """``<path>/versions/<id>/`` and ``<path>/current``.

    A version never changes once it has its name. The pointer is a small file replaced in one step, so that a reader
    sees either the old id or the new one, also over a network file system.
    """

    def __init__(self, path: Path) -> None:
        self._versions = path / "versions"
        self._pointer = path / "current"

    def current(self) -> VersionId | None:
        """The version in use; None before the first build."""
        try:
            return VersionId(self._pointer.read_text(encoding="ascii").strip()) or None
        except FileNotFoundError:
            return None

    def folder(self, version: VersionId) -> Path:
        return self._versions / version

    def holds(self, version: VersionId) -> bool:
        return (self.folder(version) / MANIFEST).is_file()

    @contextmanager
    def put(self, version: VersionId) -> Iterator[Path]:
        """An empty folder to fill; it becomes the version when the block ends without an error."""
        self._versions.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._versions, prefix=".new-") as temporary:
            work = Path(temporary) / version
            work.mkdir()
            yield work
            target = self.folder(version)
            if target.exists():
                target.rename(Path(temporary) / "replaced")
            work.rename(target)

    def publish(self, version: VersionId) -> None:
        """Make ``version`` the one in use, and the newest."""
        os.utime(self.folder(version))
        fresh = self._pointer.with_suffix(f".{os.getpid()}")
        with fresh.open("w", encoding="ascii") as file:
            file.write(version + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._pointer)

    def others(self) -> list[VersionId]:
        """All versions but the one in use, those first that were in use last."""
        if not self._versions.is_dir():
            return []
        folders = [path for path in self._versions.iterdir() if path.is_dir() and path.name[0] != "."]
        folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        current = self.current()
        return [VersionId(path.name) for path in folders if path.name != current]

    def prune(self, keep: int) -> None:
        """Remove all but the one in use and the newest others. A reader that has one open keeps its memory maps."""
        for version in self.others()[max(0, keep - 1) :]:
            shutil.rmtree(self.folder(version), ignore_errors=True)
