"""Which reranker a knowledge base uses: the configured one, or one that was tuned on its own questions."""

from __future__ import annotations

import json
import logging
import shutil
import threading
from pathlib import Path

from knowledge_base.errors import KnowledgeBaseError, RerankerUnavailable
from knowledge_base.index.manifest import read_index_manifest
from knowledge_base.index.shelf import Shelf
from knowledge_base.reranker.looking_again import SecondStage
from knowledge_base.reranker.opening import NONE, open_reranker
from knowledge_base.reranker.port import Reranker
from knowledge_base.settings import KnowledgeBaseSettings

log = logging.getLogger(__name__)

_ORIGIN = "tuned-from.json"


class Rerankers:
    """``<path>/rerankers/<identity>/`` holds what was tuned. May be shared by threads. The one that was asked for last
    is kept open; others would be gigabytes that nobody reads with.

    The index in use names a tuned one, or none. It is used only while the one that it was tuned from is configured, so
    that another name in the settings, or ``none``, means what it says.
    """

    def __init__(self, settings: KnowledgeBaseSettings, *, threads: int | None = None) -> None:
        """``threads``: other than the settings have it."""
        self._name = settings.reranker
        self._answers = settings.answers_searched
        self._path = settings.path
        self._threads = threads or settings.threads
        self._lock = threading.Lock()
        self._open: tuple[str, Reranker | None] | None = None

    def configured(self) -> Reranker | None:
        """None where the settings name none. Raises ``RerankerUnavailable``."""
        return self._opened(self._name)

    def in_use(self) -> str:
        """Identity of the tuned one that the index in use names, "" where it names none that is used."""
        shelf = Shelf(self._path)
        version = shelf.current()
        if version is None:
            return ""
        try:
            identity = read_index_manifest(shelf.folder(version)).reranker
        except KnowledgeBaseError:
            return ""
        return identity if self.is_tuned(identity) else ""

    def of(self, identity: str) -> Reranker | None:
        """The tuned one, else the configured one: where there is no such one, where it is damaged, and where it was
        tuned from another than is configured. Raises ``RerankerUnavailable`` when the configured one cannot be opened.
        """
        if self.is_tuned(identity):
            try:
                return self._opened(str(self.folder(identity)))
            except RerankerUnavailable as exc:
                log.warning("tuned_reranker_not_taken: %s", exc)
        return self.configured()

    def second_stage(self, identity: str) -> SecondStage | None:
        """What the reranker is used through, as ``of`` gives it."""
        return self.stage_of(self.of(identity))

    def stage_of(self, reranker: Reranker | None) -> SecondStage | None:
        return SecondStage(reranker=reranker, answers=self._answers) if reranker else None

    def is_tuned(self, identity: str) -> bool:
        """Whether there is such a tuned one, of the configured one."""
        if not identity or self._name == NONE:
            return False
        try:
            raw = json.loads((self.folder(identity) / _ORIGIN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return isinstance(raw, dict) and raw.get("reranker") == self._name

    def folder(self, identity: str) -> Path:
        """Where a tuned reranker is, or would be."""
        return self._path / "rerankers" / identity

    def keep(self, made: Path, identity: str) -> None:
        """Take a reranker tuned in the folder ``made`` (moved, in one step)."""
        (made / _ORIGIN).write_text(json.dumps({"reranker": self._name}) + "\n", encoding="utf-8")
        target = self.folder(identity)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            shutil.rmtree(made)
        else:
            made.rename(target)

    def _opened(self, name: str) -> Reranker | None:
        with self._lock:
            if self._open is None or self._open[0] != name:
                self._open = None
                self._open = (name, open_reranker(name, threads=self._threads))
            return self._open[1]


def open_second_stage(settings: KnowledgeBaseSettings) -> SecondStage | None:
    """As the index in use has it; None where no reranker is configured. Raises ``RerankerUnavailable``."""
    rerankers = Rerankers(settings)
    return rerankers.second_stage(rerankers.in_use())
