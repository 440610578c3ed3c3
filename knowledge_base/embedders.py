"""Which embedder a knowledge base uses: the configured one, or one that was tuned on its own questions."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from knowledge_base.calibration import Calibration, read_calibration, shipped_calibration
from knowledge_base.embedder.opening import open_embedder
from knowledge_base.embedder.port import Embedder
from knowledge_base.errors import EmbedderUnavailable, KnowledgeBaseError
from knowledge_base.index.manifest import read_index_manifest
from knowledge_base.index.shelf import Shelf

_CALIBRATION = "tuned-calibration.json"


class Embedders:
    """``<path>/embedders/<identity>/`` holds what was tuned. Each embedder is opened once; may be shared by threads.

    The index in use names its embedder. Where that is a tuned one, it is used, and the next index is built with it too;
    else the configured one is.
    """

    def __init__(self, open_configured: Callable[[], Embedder], path: Path, *, threads: int) -> None:
        self._open_configured = open_configured
        self._path = path
        self._threads = threads
        self._lock = threading.Lock()
        self._configured: Embedder | None = None
        self._tuned: dict[str, Embedder] = {}

    @classmethod
    def named(cls, name: str, path: Path, *, threads: int) -> Embedders:
        """``name``: as the setting ``knowledge_base.embedder`` has it."""
        return cls(lambda: open_embedder(name, threads=threads), path, threads=threads)

    def configured(self) -> Embedder:
        """Raises ``EmbedderUnavailable``."""
        with self._lock:
            if self._configured is None:
                self._configured = self._open_configured()
            return self._configured

    def in_use(self) -> Embedder:
        """The one to embed with now. Raises ``EmbedderUnavailable``."""
        shelf = Shelf(self._path)
        version = shelf.current()
        if version is None:
            return self.configured()
        try:
            identity = read_index_manifest(shelf.folder(version)).embedder
        except KnowledgeBaseError:
            return self.configured()
        return self.of(identity) or self.configured()

    def of(self, identity: str) -> Embedder | None:
        """The embedder with this identity; None when there is no such one, or it is damaged or of another release."""
        if self.is_tuned(identity):
            try:
                return self._tuned_one(identity)
            except EmbedderUnavailable:
                return None
        configured = self.configured()
        return configured if configured.identity == identity else None

    def is_tuned(self, identity: str) -> bool:
        return bool(identity) and self.folder(identity).is_dir()

    def folder(self, identity: str) -> Path:
        """Where a tuned embedder is, or would be."""
        return self._path / "embedders" / identity

    def calibration(self, embedder: Embedder) -> Calibration:
        """A tuned one has its own; what comes with the product is for the default embedder."""
        try:
            raw = (self.folder(embedder.identity) / _CALIBRATION).read_text(encoding="utf-8")
        except OSError:
            return shipped_calibration()
        return read_calibration(json.loads(raw))

    def keep(self, made: Path, identity: str, calibration: Calibration) -> None:
        """Take an embedder made in the folder ``made`` (moved, in one step) with its calibration."""
        (made / _CALIBRATION).write_text(json.dumps(calibration.as_json(), indent=1) + "\n", encoding="utf-8")
        target = self.folder(identity)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            shutil.rmtree(made)
        else:
            made.rename(target)

    def _tuned_one(self, identity: str) -> Embedder:
        with self._lock:
            if identity not in self._tuned:
                self._tuned[identity] = open_embedder(str(self.folder(identity)), threads=self._threads)
            return self._tuned[identity]
