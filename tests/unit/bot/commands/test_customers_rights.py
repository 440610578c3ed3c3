"""Drafts of the knowledge base that hold the very words of somebody who is erased."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.commands.customers_rights import drafts_with
from knowledge_base.editing.drafts import DraftFolder, DraftId, SavedDraft

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def _draft(name: str, similar: list[str]) -> SavedDraft:
    fields = {"question": "怎么退货", "similar": similar}
    return SavedDraft(id=DraftId(name), who="lan", saved_at=NOW, base=1, fields=fields)


def test_drafts_that_hold_words_of_somebody(tmp_path: Path) -> None:
    drafts = DraftFolder(tmp_path)
    drafts.save(_draft("one", ["这句话是编出来的"]))
    drafts.save(_draft("other", ["这句话也是编出来的"]))
    assert drafts_with(drafts, {"这句话是编出来的", "别的"}) == ["one"]
    assert drafts_with(drafts, {"怎么退货"}) == ["one", "other"]
    assert drafts_with(drafts, set()) == []
