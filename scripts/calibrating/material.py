"""The texts that the calibration is fitted on; all of them are the project's own, and no training has seen them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge_base.entry import Entry
from knowledge_base.importing.files import read_files
from knowledge_base.importing.planning import plan_import

SCRIPTS = Path(__file__).resolve().parents[1]
EXAMPLE_SHOP = SCRIPTS.parent / "knowledge_base" / "example_shop"
QUERIES = "calibration_queries*.jsonl"
OUT_OF_SCOPE = "calibration_out_of_scope*.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question to a shop, and the ids of the entries that answer it."""

    text: str
    expected: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Something that the shop has no entry for. ``kind``: near (about shops and goods) or far."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A knowledge base with everything that may be asked of it."""

    entries: tuple[Entry, ...]
    queries: tuple[Query, ...]
    sentences: tuple[Sentence, ...]

    def texts(self) -> list[str]:
        phrasings = [phrasing for entry in self.entries for phrasing in entry.phrasings]
        return [*phrasings, *(each.text for each in self.queries), *(each.text for each in self.sentences)]


def read_shop() -> Shop:
    """The example shop, what was asked of it by somebody who saw only its answers, and what it does not answer."""
    return Shop(
        entries=plan_import((), read_files(sorted(EXAMPLE_SHOP.glob("*.yml"))).drafts).entries,
        queries=tuple(Query(text=line["query"], expected=frozenset(line["ids"])) for line in _lines(QUERIES)),
        sentences=tuple(Sentence(text=line["query"], kind=line["kind"]) for line in _lines(OUT_OF_SCOPE)),
    )


def _lines(pattern: str) -> Sequence[Mapping[str, Any]]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(SCRIPTS.glob(pattern))]
    return [json.loads(line) for text in texts for line in text.split("\n") if line]
