"""Entries that an editor is still writing: one small file a draft in ``<path>/drafts``."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NewType

from knowledge_base.entries import sync_folder
from knowledge_base.entry import Entry, EntryId
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.importing.checking import Draft, check_row
from knowledge_base.importing.row import Row

DraftId = NewType("DraftId", str)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_MAX_BYTES = 1_000_000


class NoSuchDraft(KnowledgeBaseError):
    """There is no draft of this id: published, thrown away, or never there."""


class DraftCorrupt(KnowledgeBaseError):
    """A draft's file cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """What an editor has typed so far, right or not.

    ``fields``: by column of an import, texts and lists as JSON has them; ``entry_id``: the entry that is changed, None
    for a new one; ``base``: the revision that the editor began from; ``origin``: where it came from, for people.
    """

    id: DraftId
    who: str
    saved_at: datetime
    base: int
    fields: Mapping[str, Any]
    entry_id: EntryId | None = None
    origin: str = ""

    def __post_init__(self) -> None:
        if self.saved_at.tzinfo is None:
            raise ValueError("saved_at must be timezone-aware")


class DraftFolder:
    """Drafts on disk. Whoever saves a draft last has it; drafts are one editor's, entries are everybody's."""

    def __init__(self, path: Path) -> None:
        """``path``: the folder of the knowledge base."""
        self._folder = path / "drafts"

    def save(self, draft: SavedDraft) -> None:
        """Write it in one step. Raises ``KnowledgeBaseError`` when it is too large."""
        raw = {
            "id": draft.id,
            "who": draft.who,
            "saved_at": draft.saved_at.isoformat(),
            "base": draft.base,
            "entry_id": draft.entry_id,
            "origin": draft.origin,
            "fields": dict(draft.fields),
        }
        content = json.dumps(raw, ensure_ascii=False, indent=1).encode()
        if len(content) > _MAX_BYTES:
            raise KnowledgeBaseError(f"草稿太大了，最多 {_MAX_BYTES // 1_000_000} MB")
        path = self._path(draft.id)
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{draft.id}.{secrets.token_hex(4)}")
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(self._folder)

    def read(self, draft_id: DraftId) -> SavedDraft:
        """Raises ``NoSuchDraft`` or ``DraftCorrupt``."""
        try:
            content = self._path(draft_id).read_bytes()
        except FileNotFoundError as exc:
            raise NoSuchDraft(f"草稿 {draft_id} 已经不在了") from exc
        try:
            return _draft(json.loads(content))
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise DraftCorrupt(f"草稿 {draft_id} 读不了（{exc}）") from exc

    def all(self) -> tuple[SavedDraft, ...]:
        """Every draft that can be read, the newest first; ``damaged`` names the others."""
        found = [draft for path in self._paths() if (draft := self._readable(path)) is not None]
        return tuple(sorted(found, key=lambda draft: draft.saved_at, reverse=True))

    def damaged(self) -> tuple[DraftId, ...]:
        return tuple(DraftId(path.stem) for path in self._paths() if self._readable(path) is None)

    def discard(self, draft_id: DraftId) -> None:
        """May be called again."""
        self._path(draft_id).unlink(missing_ok=True)

    def _paths(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted(path for path in self._folder.glob("*.json") if _ID.fullmatch(path.stem))

    def _path(self, draft_id: DraftId) -> Path:
        # Ids come from addresses of pages: nothing but a plain name may become a path.
        if not _ID.fullmatch(draft_id):
            raise NoSuchDraft(f"草稿 {draft_id!r} 不是一个编号")
        return self._folder / f"{draft_id}.json"

    def _readable(self, path: Path) -> SavedDraft | None:
        try:
            return self.read(DraftId(path.stem))
        except (NoSuchDraft, DraftCorrupt):
            return None


def new_draft_id() -> DraftId:
    return DraftId(secrets.token_hex(8))


def fields_of(entry: Entry) -> dict[str, Any]:
    """An entry as the fields of a draft; every field is there, so that an editor may clear it."""
    empty: dict[str, Any] = {"answers": {}, "valid_from": "", "valid_until": "", "attachments": []}
    return {**empty, "disabled": False, "note": "", **entry.as_json()}


def check_draft(draft: SavedDraft) -> Draft | list[str]:
    """The draft as a checked row for ``plan_import``, or everything that is wrong with it, each with its cure.

    A draft of an entry keeps that entry's id, whatever its fields say.
    """
    fields = dict(draft.fields)
    if draft.entry_id is not None:
        fields["id"] = draft.entry_id
    checked = check_row(Row(file="草稿", line=0, fields=fields))
    return checked if isinstance(checked, Draft) else [problem.reason for problem in checked]


def _draft(raw: Mapping[str, Any]) -> SavedDraft:
    if not isinstance(raw["fields"], dict):
        raise TypeError("fields is not an object")
    return SavedDraft(
        id=DraftId(str(raw["id"])),
        who=str(raw["who"]),
        saved_at=datetime.fromisoformat(raw["saved_at"]),
        base=int(raw["base"]),
        entry_id=None if raw["entry_id"] is None else EntryId(str(raw["entry_id"])),
        origin=str(raw["origin"]),
        fields=raw["fields"],
    )
