"""The texts that the calibration is fitted on; all of them are the project's own, and no training has seen them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge_base.entry import Entry, EntryId
from knowledge_base.importing.files import read_files
from knowledge_base.importing.planning import plan_import
from scripts.training.corpus import split_corpus

SCRIPTS = Path(__file__).resolve().parents[1]
EXAMPLE_SHOP = SCRIPTS.parent / "knowledge_base" / "example_shop"
QUERIES = SCRIPTS / "calibration_queries.jsonl"
OUT_OF_SCOPE = SCRIPTS / "calibration_out_of_scope.jsonl"

_STORED = 7
"""Of a group of the corpus so many texts are an entry's phrasings; the rest is what customers ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question to a shop, and the ids of the entries that answer it."""

    text: str
    expected: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Something that no shop has an entry for. ``kind``: near (about shops and goods) or far."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A knowledge base with everything that may be asked of it."""

    name: str
    entries: tuple[Entry, ...]
    queries: tuple[Query, ...]
    sentences: tuple[Sentence, ...]

    def texts(self) -> list[str]:
        phrasings = [phrasing for entry in self.entries for phrasing in entry.phrasings]
        return [*phrasings, *(each.text for each in self.queries), *(each.text for each in self.sentences)]


def read_shops() -> tuple[Shop, ...]:
    """The example shop, and one made of the corpus' families that training has not seen."""
    sentences = tuple(Sentence(text=line["query"], kind=line["kind"]) for line in _lines(OUT_OF_SCOPE))
    return (_example_shop(sentences), _corpus_shop(sentences))


def _example_shop(sentences: tuple[Sentence, ...]) -> Shop:
    return Shop(
        name="example shop",
        entries=plan_import((), read_files(sorted(EXAMPLE_SHOP.glob("*.yml"))).drafts).entries,
        queries=tuple(Query(text=line["query"], expected=frozenset(line["ids"])) for line in _lines(QUERIES)),
        sentences=sentences,
    )


def _corpus_shop(sentences: tuple[Sentence, ...]) -> Shop:
    _, groups = split_corpus()
    ids = [EntryId(f"{number}-{group.name}") for number, group in enumerate(groups)]
    entries = tuple(
        Entry(
            id=id_,
            question=group.texts[0],
            answer=group.texts[0],
            similar=group.texts[1:_STORED],
            category=group.family,
        )
        for id_, group in zip(ids, groups, strict=True)
    )
    queries = tuple(
        Query(text=text, expected=frozenset({id_}))
        for id_, group in zip(ids, groups, strict=True)
        for text in group.texts[_STORED:]
    )
    # The sentences were written as what the example shop does not answer; only the far ones are so here too.
    far = tuple(sentence for sentence in sentences if sentence.kind == "far")
    return Shop(name="corpus", entries=entries, queries=queries, sentences=far)


def _lines(path: Path) -> Sequence[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
