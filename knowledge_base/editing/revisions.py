"""Every published change, in the order in which they were made: ``<path>/revisions.jsonl``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from knowledge_base.audience import AudienceUnreadable
from knowledge_base.editing.changes import Changes, apply_changes, changes_as_json, changes_from_json
from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeBaseError


class RevisionsCorrupt(KnowledgeBaseError):
    """The stored revisions cannot be read."""


class NoSuchRevision(KnowledgeBaseError):
    """There is no revision of this number."""


class Act(StrEnum):
    """How a change came about. Values are stored; never rename them.

    OUTSIDE: somebody changed the stored entries by other means, or had them before there were revisions.
    """

    IMPORT = "import"
    EDIT = "edit"
    DELETE = "delete"
    ROLLBACK = "rollback"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the trial said before the change was published. ``lost`` and ``gained``: questions, by name."""

    questions: int
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    worth_before: float
    worth_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """``number`` counts from 1; ``at`` is aware; ``digest`` names the entries afterwards; ``gate`` None: not tried."""

    number: int
    at: datetime
    who: str
    why: str
    act: Act
    changes: Changes
    digest: str
    gate: Gate | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("at must be timezone-aware")

    def as_json(self) -> dict[str, object]:
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "who": self.who,
            "why": self.why,
            "act": self.act.value,
            "digest": self.digest,
            "gate": asdict(self.gate) if self.gate else None,
            **changes_as_json(self.changes),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Revision:
        """What ``as_json`` wrote; raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
        gate = raw["gate"]
        return cls(
            number=int(raw["number"]),
            at=datetime.fromisoformat(raw["at"]),
            who=str(raw["who"]),
            why=str(raw["why"]),
            act=Act(raw["act"]),
            digest=str(raw["digest"]),
            gate=gate and Gate(**{**gate, "lost": tuple(gate["lost"]), "gained": tuple(gate["gained"])}),
            changes=changes_from_json(raw),
        )


class RevisionFile:
    """Only ever appended to. A line that a crash cut short was never published; ``mend`` takes it away."""

    def __init__(self, path: Path) -> None:
        self._file = path

    def read(self) -> tuple[Revision, ...]:
        """All revisions, oldest first. Raises ``RevisionsCorrupt``."""
        return tuple(self._revision(line) for line in self._lines())

    def last(self) -> Revision | None:
        lines = self._lines()
        return self._revision(lines[-1]) if lines else None

    def append(self, revision: Revision) -> None:
        """Only while the entries' lock is held."""
        line = json.dumps(revision.as_json(), ensure_ascii=False, sort_keys=True) + "\n"
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def mend(self) -> None:
        """Only while the entries' lock is held."""
        content = self._content()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with self._file.open("r+b") as file:
                file.truncate(whole)
                os.fsync(file.fileno())

    def _content(self) -> bytes:
        try:
            return self._file.read_bytes()
        except FileNotFoundError:
            return b""

    def _lines(self) -> list[bytes]:
        # What stands behind the last line end was cut short.
        return [line for line in self._content().split(b"\n")[:-1] if line]

    def _revision(self, line: bytes) -> Revision:
        try:
            return Revision.from_json(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, AudienceUnreadable) as exc:
            raise RevisionsCorrupt(f"{self._file}: a revision cannot be read ({exc})") from exc


def state_at(revisions: Sequence[Revision], number: int) -> tuple[Entry, ...]:
    """The entries as revision ``number`` left them; 0 is the empty beginning. Raises ``NoSuchRevision``."""
    if not 0 <= number <= len(revisions):
        raise NoSuchRevision(f"没有第 {number} 版，现有 1 到 {len(revisions)}")
    entries: tuple[Entry, ...] = ()
    for revision in revisions[:number]:
        entries = apply_changes(entries, revision.changes)
    return entries
