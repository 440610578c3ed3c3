"""Draws knowledge bases from a whole shop and asks them everything that could be asked.

That shop has more than twenty phrasings an entry and an answer to nearly everything; others do not. So some of its
entries are drawn, with one to twenty phrasings each. Asked are the queries that were written for the shop, one
phrasing of each entry that was left out, and what no entry answers. A query whose entry was not drawn is out of scope
too, and the hardest kind.
"""

from __future__ import annotations

import random
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from knowledge_base.answering import objection
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry
from knowledge_base.features import features_of
from knowledge_base.index.build import flat_index
from knowledge_base.index.centring import centred, embed_ordinary_sentences, find_centre
from knowledge_base.index.lexical import build_lexical_index
from knowledge_base.index.manifest import FORMAT, IndexManifest, VersionId
from knowledge_base.index.version import IndexVersion
from knowledge_base.second_look import second_look
from knowledge_base.text import exact_key, tidy
from scripts.calibrating.material import Shop

PHRASINGS = (1, 2, 3, 6, 12, 20)
DRAWS = ((0.25, 0), (0.5, 0), (0.5, 1), (0.9, 0), (0.9, 1), (1.0, 0))
"""How much of the shop is drawn, and the seed: from about a hundred entries to all of them."""

FOLDS = 6


class Kind(StrEnum):
    """Where a question comes from. The first two are in scope."""

    QUERY = "query"
    PHRASING = "phrasing"
    LEFT_OUT = "left_out"
    NEAR = "near"
    FAR = "far"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One question to one drawn knowledge base, not stored word for word.

    ``phrasings``: of the knowledge base's entries; ``fold``: questions of one category of the shop share it;
    ``objected``: the policy would not answer with the first entry, however probable.
    """

    text: str
    features: dict[str, float]
    kind: Kind
    phrasings: int
    fold: int
    objected: bool
    first_right: bool
    shown_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    text: str
    expected: frozenset[str]
    kind: Kind
    fold: int


class Vectors:
    """Embeds each text once."""

    def __init__(self, embedder: Embedder, texts: Sequence[str]) -> None:
        self.embedder = embedder
        self.ordinary = embed_ordinary_sentences(embedder)
        tidied = list(dict.fromkeys(tidy(text) for text in texts))
        self._known = dict(zip(tidied, embedder.encode(tidied), strict=True))

    def of(self, tidied: Sequence[str]) -> NDArray[np.float32]:
        return np.array([self._known[text] for text in tidied], dtype=np.float32)


def draw_examples(shop: Shop, vectors: Vectors) -> Iterator[Example]:
    """The same shop gives the same examples."""
    folds = _folds(shop.entries)
    for phrasings in PHRASINGS:
        for share, seed in DRAWS:
            chance = random.Random(f"{phrasings}-{share}-{seed}")  # noqa: S311 - drawing examples, not secrets
            drawn = chance.sample(shop.entries, int(len(shop.entries) * share))
            stored, left = _split(drawn, phrasings, folds, chance)
            index = _index(stored, vectors)
            for asked in (*left, *_questions(shop, {entry.id for entry in drawn}, folds)):
                yield from _ask(index, asked, vectors, phrasings)


def _split(
    drawn: Sequence[Entry], phrasings: int, folds: Mapping[str, int], chance: random.Random
) -> tuple[list[Entry], list[_Asked]]:
    """The entries as they are stored, and a phrasing of each that is asked instead."""
    stored, left = [], []
    for entry in drawn:
        # The question itself is always stored, as editors write it first; the others by chance.
        others = chance.sample(entry.similar, len(entry.similar))
        kept, rest = tuple(others[: phrasings - 1]), others[phrasings - 1 :]
        stored.append(Entry(id=entry.id, question=entry.question, answer=entry.answer, similar=kept))
        left += [
            _Asked(text=text, expected=frozenset({entry.id}), kind=Kind.PHRASING, fold=folds[entry.id])
            for text in rest[:1]
        ]
    return stored, left


def _questions(shop: Shop, drawn: Container[str], folds: Mapping[str, int]) -> Iterator[_Asked]:
    for query in shop.queries:
        stored = frozenset(id_ for id_ in query.expected if id_ in drawn)
        kind = Kind.QUERY if stored else Kind.LEFT_OUT
        yield _Asked(text=query.text, expected=stored, kind=kind, fold=folds[min(query.expected)])
    for number, sentence in enumerate(shop.sentences):
        kind = Kind(sentence.kind)
        yield _Asked(text=sentence.text, expected=frozenset(), kind=kind, fold=number % FOLDS)


def _folds(entries: Sequence[Entry]) -> dict[str, int]:
    categories = sorted({entry.category for entry in entries})
    return {entry.id: categories.index(entry.category) % FOLDS for entry in entries}


def _ask(index: IndexVersion, asked: _Asked, vectors: Vectors, phrasings: int) -> Iterator[Example]:
    tidied = tidy(asked.text)
    if index.exact(exact_key(tidied)):
        return
    finding = index.search(vectors.of([tidied])[0], tidied)
    first, *_ = finding.matches
    looked_at = second_look(finding.matches, answers=True)
    yield Example(
        text=tidied,
        features=features_of(tidied, finding),
        kind=asked.kind,
        phrasings=phrasings,
        fold=asked.fold,
        objected=objection(tidied, first) is not None or looked_at[0].entry.id != first.entry.id,
        first_right=first.entry.id in asked.expected,
        shown_right=not asked.expected.isdisjoint(match.entry.id for match in looked_at[:3]),
    )


def _index(entries: Sequence[Entry], vectors: Vectors) -> IndexVersion:
    tidied = [tidy(phrasing) for entry in entries for phrasing in entry.phrasings]
    matrix = vectors.of(tidied)
    centre = find_centre(matrix, vectors.ordinary)
    return IndexVersion(
        version=VersionId("drawn"),
        manifest=IndexManifest(
            format=FORMAT,
            embedder=vectors.embedder.identity,
            entries=len(entries),
            phrasings=len(tidied),
            sha256={},
        ),
        entries=entries,
        keys=[exact_key(text) for text in tidied],
        centre=centre,
        vectors=flat_index(centred(matrix, centre)),
        lexical=build_lexical_index(tidied),
    )
