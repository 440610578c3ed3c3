"""How far work is that goes on away from the pages: small files, so that every process of the console sees it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from knowledge_base.entries import replace_file

STALE_S = 300
"""Without news for so long, the process that worked on it is gone."""

_NOTED_S = 0.5
NOT_FINISHED = "上次没有做完（后台可能重启过），请再来一次"
_NAME = re.compile(r"[a-z0-9]{1,40}")


class Stage(StrEnum):
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """``done`` of ``total`` steps; ``at``: seconds since 1970 when it was written; ``problem``: why it failed.
    ``result``: what is known so far, as JSON has it.
    """

    stage: Stage
    at: float
    done: int = 0
    total: int = 0
    problem: str = ""
    result: Mapping[str, Any] | None = None


class WorkNotes:
    """Blocking; ``<folder>/<name>.work``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> Note | None:
        """None before it was begun. What has no news for five minutes counts as broken off."""
        if not _NAME.fullmatch(name):
            return None
        try:
            raw = json.loads((self._folder / f"{name}.work").read_text("utf-8"))
            note = Note(**{**raw, "stage": Stage(raw["stage"])})
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None
        if note.stage is Stage.WORKING and time.time() - note.at > STALE_S:
            return replace(note, stage=Stage.FAILED, problem=NOT_FINISHED)
        return note

    def put(self, name: str, note: Note) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        replace_file(self._folder / f"{name}.work", json.dumps(asdict(note), ensure_ascii=False))

    def clear(self, *, but: str) -> None:
        """Throw away every note but that one."""
        for path in self._folder.glob("*.work") if self._folder.is_dir() else ():
            if path.stem != but:
                path.unlink(missing_ok=True)

    def progress(self, name: str, begun: Callable[[], Note]) -> Callable[[int, int], None]:
        """Notes progress twice a second at most, on top of what ``begun`` gives; for the working thread."""
        last = 0.0

        def note(done: int, total: int) -> None:
            nonlocal last
            now = time.time()
            if now - last >= _NOTED_S:
                last = now
                self.put(name, replace(begun(), at=now, done=done, total=total))

        return note
