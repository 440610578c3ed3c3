"""The texts that the calibration is fitted on; all of them are the project's own."""

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
SHOP = SCRIPTS.parent / "knowledge_base" / "example_shop"
QUERIES = SCRIPTS / "calibration_queries.jsonl"
OUT_OF_SCOPE = SCRIPTS / "calibration_out_of_scope.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question to the example shop, and the ids of the entries that answer it."""

    text: str
    expected: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Something that the shop has no entry for. ``kind``: near (about shops and goods) or far."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    shop: tuple[Entry, ...]
    queries: tuple[Query, ...]
    sentences: tuple[Sentence, ...]

    def texts(self) -> list[str]:
        phrasings = [phrasing for entry in self.shop for phrasing in entry.phrasings]
        queries, sentences = [q.text for q in self.queries], [s.text for s in self.sentences]
        return phrasings + queries + sentences


def read_material() -> Material:
    shop = plan_import((), read_files(sorted(SHOP.glob("*.yml"))).drafts).entries
    return Material(
        shop=shop,
        queries=tuple(Query(text=line["query"], expected=frozenset(line["ids"])) for line in _lines(QUERIES)),
        sentences=tuple(Sentence(text=line["query"], kind=line["kind"]) for line in _lines(OUT_OF_SCOPE)),
    )


def _lines(path: Path) -> Sequence[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
