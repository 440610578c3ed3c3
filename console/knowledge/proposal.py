"""What somebody wants to publish, kept in a file so that every process of the console finds it."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from knowledge_base.entries import replace_file

KEPT_S = 7 * 24 * 3600
_ID = re.compile(r"[0-9a-f]{16}")


class Kind(StrEnum):
    """Values are stored; never rename them."""

    DRAFTS = "drafts"
    REMOVE = "remove"
    ROLLBACK = "rollback"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """``ids``: of drafts, or of entries that are to be removed; ``number``: of the revision to return to.

    Of an import: ``file``, its name in the folder; ``renaming`` and ``skip_bad`` as the editor chose. ``title``: for
    people.
    """

    id: str
    who: str
    kind: Kind
    title: str
    ids: tuple[str, ...] = ()
    number: int = 0
    file: str = ""
    renaming: Mapping[str, str] = field(default_factory=dict)
    skip_bad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedLine:
    """A question that came out otherwise; ``said``: the entries that the customer gets to see."""

    text: str
    source: str
    entry_id: str
    was: str
    now: str
    said: tuple[str, ...]


class Stage(StrEnum):
    TRYING = "trying"
    TRIED = "tried"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How far a proposal is. ``done`` of ``total`` questions; ``digest``: of the entries that were tried, which may be
    published; ``reasons``: why it failed; ``at``: seconds since 1970 when this was written.
    """

    stage: Stage
    at: float
    done: int = 0
    total: int = 0
    digest: str = ""
    lost: tuple[TriedLine, ...] = ()
    gained: tuple[TriedLine, ...] = ()
    newly_wrong: int = 0
    questions: int = 0
    worth_before: float = 0.0
    worth_after: float = 0.0
    changed: int = 0
    revision: int = 0
    reasons: tuple[str, ...] = ()


class ProposalFolder:
    """Small files in ``<path>/proposals``; what is older than a week is thrown away."""

    def __init__(self, path: Path) -> None:
        self._folder = path / "proposals"

    def add(self, proposal: Proposal) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._clear()
        self.save(proposal)

    def save(self, proposal: Proposal) -> None:
        replace_file(self._folder / f"{proposal.id}.json", json.dumps(asdict(proposal), ensure_ascii=False))

    def get(self, proposal_id: str) -> Proposal | None:
        raw = self._read(proposal_id, ".json")
        if raw is None:
            return None
        return Proposal(**{**raw, "kind": Kind(raw["kind"]), "ids": tuple(raw["ids"])})

    def note(self, proposal_id: str, run: Run) -> None:
        replace_file(self._folder / f"{proposal_id}.run", json.dumps(asdict(run), ensure_ascii=False))

    def run(self, proposal_id: str) -> Run | None:
        """None before anything was tried."""
        raw = self._read(proposal_id, ".run")
        if raw is None:
            return None
        lines = {name: tuple(map(_line, raw[name])) for name in ("lost", "gained")}
        return Run(**{**raw, **lines, "stage": Stage(raw["stage"]), "reasons": tuple(raw["reasons"])})

    def file(self, name: str) -> Path:
        """Where an uploaded file lies; ``name`` is one that ``put_file`` gave."""
        return self._folder / Path(name).name

    def put_file(self, proposal_id: str, suffix: str, content: bytes) -> str:
        """``suffix`` is one of a known format."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{proposal_id}{suffix}"
        (self._folder / f"upload-{name}").write_bytes(content)
        return f"upload-{name}"

    def _read(self, proposal_id: str, suffix: str) -> dict[str, Any] | None:
        if not _ID.fullmatch(proposal_id):
            return None
        try:
            raw: dict[str, Any] = json.loads((self._folder / f"{proposal_id}{suffix}").read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return raw

    def _clear(self) -> None:
        oldest = time.time() - KEPT_S
        for path in self._folder.iterdir():
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def new_proposal_id() -> str:
    return secrets.token_hex(8)


def _line(raw: Mapping[str, Any]) -> TriedLine:
    return TriedLine(**{**raw, "said": tuple(raw["said"])})
