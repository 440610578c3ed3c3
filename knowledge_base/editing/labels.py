"""Reads labelled questions from a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge_base.entry import EntryId
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.labelled import LabelledQuestion


class LabelsBroken(KnowledgeBaseError):
    """A line of a file of labelled questions cannot be used."""


def read_labels(path: Path) -> tuple[LabelledQuestion, ...]:
    """Lines ``{"query", "ids": […]}``; no ids: the question must be refused. Raises ``LabelsBroken``."""
    return tuple(_labels(path))


def _labels(path: Path) -> Iterator[LabelledQuestion]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise LabelsBroken(f"{path} 读不了（{exc}）") from exc
    for line, content in enumerate(text.split("\n"), 1):
        if content.strip():
            yield _label(f"{path}:{line}", content)


def _label(place: str, content: str) -> LabelledQuestion:
    try:
        raw: Any = json.loads(content)
    except (ValueError, RecursionError) as exc:
        raise LabelsBroken(f"{place}: 不是合法的 JSON") from exc
    query, ids = (raw.get("query"), raw.get("ids")) if isinstance(raw, dict) else (None, None)
    if not isinstance(query, str) or not isinstance(ids, list):
        raise LabelsBroken(f'{place}: 应是 {{"query": "问题", "ids": ["条目编号"]}}，不该回答的写 "ids": []')
    return LabelledQuestion(text=query, expected=frozenset(EntryId(str(entry_id)) for entry_id in ids))
