"""Questions whose right answers are known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.entry import EntryId
from knowledge_base.index.manifest import LABELS


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledQuestion:
    """What a customer wrote, and the entries that answer it; none: it must be refused."""

    text: str
    expected: frozenset[EntryId]


def labels_text(labels: Sequence[LabelledQuestion]) -> str:
    """As JSON lines ``{"query", "ids"}``, sorted: the same labels always give the same text."""
    lines = sorted((label.text, sorted(label.expected)) for label in labels)
    return "".join(json.dumps({"query": text, "ids": ids}, ensure_ascii=False) + "\n" for text, ids in lines)


def stored_labels(folder: Path) -> tuple[LabelledQuestion, ...]:
    """The labels that the index version in ``folder`` was built with; none where it has no file of them."""
    try:
        text = (folder / LABELS).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    lines = [json.loads(line) for line in text.split("\n") if line]
    return tuple(
        LabelledQuestion(text=line["query"], expected=frozenset(map(EntryId, line["ids"]))) for line in lines
    )
