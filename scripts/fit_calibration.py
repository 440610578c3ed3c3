"""Fits ``knowledge_base/calibration.json``: ``python -m scripts.fit_calibration [--write]``.

The data are the project's own: the example shop's entries and the out-of-scope sentences in
``calibration_out_of_scope.jsonl``. Many small knowledge bases are drawn from the shop: some of its entries, with
one to four phrasings each. Their questions are phrasings that were left out, phrasings of entries that were left
out (near, and not to be answered) and the sentences (never to be answered). Two logistic regressions learn from the
scores whether the first entry is right, and whether one of the first three is. The knowledge bases are drawn with
fixed seeds, so the result can be repeated.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from knowledge_base.calibration import FEATURES, Calibration, CutOff, Logistic, features_of
from knowledge_base.embedder.opening import open_embedder
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry
from knowledge_base.importing.files import read_files
from knowledge_base.importing.planning import plan_import
from knowledge_base.index.build import flat_index
from knowledge_base.index.centring import centred, embed_ordinary_sentences, find_centre
from knowledge_base.index.lexical import build_lexical_index
from knowledge_base.index.manifest import FORMAT, IndexManifest, VersionId
from knowledge_base.index.version import IndexVersion
from knowledge_base.text import exact_key, tidy

ROOT = Path(__file__).resolve().parents[1]
SHOP = ROOT / "knowledge_base" / "example_shop"
SENTENCES = Path(__file__).with_name("calibration_out_of_scope.jsonl")
TARGET = ROOT / "knowledge_base" / "calibration.json"

PHRASINGS = (1, 1, 2, 3, 4)
SIZES = (0.05, 0.2, 0.5, 0.85)
"""How much of the shop a drawn knowledge base holds: from about twenty entries to about three hundred."""

DRAWS_EACH = 8
SHARES = {"in": 0.7, "left_out": 0.1, "sentence": 0.2}
"""What a shop's questions are taken to be: of a hundred, thirty have no entry. Cut-offs hold for this mixture."""

BOUNDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3)
ASK_FROM = 0.5

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One question to one drawn knowledge base. ``exact`` ones are decided without a probability and are left out."""

    features: dict[str, float]
    kind: str
    first_right: bool
    shown_right: bool


class Vectors:
    """Embeds each text once."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.ordinary = embed_ordinary_sentences(embedder)
        self._known: dict[str, NDArray[np.float32]] = {}

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(fresh, self.embedder.encode(fresh), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write knowledge_base/calibration.json")
    arguments = parser.parse_args()
    vectors = Vectors(open_embedder("default", threads=2))
    shop, sentences = _shop(), _sentences()
    fitting = list(_examples(shop, sentences, vectors, seeds=range(DRAWS_EACH)))
    calibration = fit(fitting)
    print(json.dumps(calibration.as_json(), indent=1))
    print(f"{len(fitting)} examples; on others drawn from the same shop:")
    _check(calibration, list(_examples(shop, sentences, vectors, seeds=range(100, 100 + DRAWS_EACH))))
    if arguments.write:
        TARGET.write_text(json.dumps(calibration.as_json(), indent=1) + "\n", encoding="utf-8")


def _shop() -> tuple[Entry, ...]:
    reading = read_files(sorted(SHOP.glob("*.yml")))
    return plan_import((), reading.drafts).entries


def _sentences() -> list[str]:
    return [json.loads(line)["query"] for line in SENTENCES.read_text(encoding="utf-8").split("\n") if line]


def _examples(
    shop: Sequence[Entry], sentences: Sequence[str], vectors: Vectors, seeds: Sequence[int]
) -> Iterator[Example]:
    for seed in seeds:
        for draw, phrasings in enumerate(PHRASINGS):
            chance = random.Random(f"{seed}-{draw}")  # noqa: S311 - drawing examples, not secrets
            yield from _draw(shop, sentences, vectors, phrasings, chance)


def _draw(
    shop: Sequence[Entry], sentences: Sequence[str], vectors: Vectors, phrasings: int, chance: random.Random
) -> Iterator[Example]:
    mixed = chance.sample(shop, len(shop))
    size = int(len(shop) * chance.choice(SIZES))
    kept, questions = [], []
    for entry in mixed[:size]:
        # The canonical question is always stored, as editors write it first; the others by chance.
        others = chance.sample(entry.similar, len(entry.similar))
        kept.append(
            Entry(
                id=entry.id,
                question=entry.question,
                answer=entry.answer,
                similar=tuple(others[: phrasings - 1]),
            )
        )
        questions += [(text, entry.id, "in") for text in others[phrasings - 1 :][:2]]
    near = [(chance.choice(entry.phrasings), None, "left_out") for entry in mixed[size:]]
    never = [(text, None, "sentence") for text in sentences]
    index = _index(kept, vectors)
    for text, expected, kind in [*questions, *near, *never]:
        tidied = tidy(text)
        if index.exact(exact_key(tidied)):
            continue
        matches = index.search(vectors.of([tidied])[0], tidied)
        ids = [match.entry.id for match in matches]
        yield Example(
            features=features_of(matches),
            kind=kind,
            first_right=ids[0] == expected,
            shown_right=expected in ids[:3],
        )


def _index(entries: Sequence[Entry], vectors: Vectors) -> IndexVersion:
    tidied = [tidy(phrasing) for entry in entries for phrasing in entry.phrasings]
    matrix = vectors.of(tidied)
    centre = find_centre(matrix, vectors.ordinary)
    manifest = IndexManifest(
        format=FORMAT,
        embedder=vectors.embedder.identity,
        entries=len(entries),
        phrasings=len(tidied),
        sha256={},
    )
    return IndexVersion(
        version=VersionId("drawn"),
        manifest=manifest,
        entries=entries,
        keys=[exact_key(text) for text in tidied],
        centre=centre,
        vectors=flat_index(centred(matrix, centre)),
        lexical=build_lexical_index(tidied),
    )


def fit(examples: Sequence[Example]) -> Calibration:
    """Both regressions, and the cut-off for each bound on the examples themselves."""
    table = np.array([[example.features[name] for name in FEATURES] for example in examples])
    weights = _weights(examples)
    first_right = np.array([example.first_right for example in examples])
    shown_right = np.array([example.shown_right for example in examples])
    first, shown = _regress(table, first_right, weights), _regress(table, shown_right, weights)
    probabilities = np.array([first.probability(example.features) for example in examples])
    return Calibration(
        first=first,
        shown=shown,
        ask_from=ASK_FROM,
        cut_offs=tuple(_cut_offs(probabilities, first_right, weights)),
    )


def _weights(examples: Sequence[Example]) -> Floats:
    """Each kind weighs its share, however many examples of it there are."""
    counts = Counter(example.kind for example in examples)
    weights = [len(examples) * SHARES[example.kind] / counts[example.kind] for example in examples]
    return np.array(weights, dtype=np.float64)


def _regress(table: Floats, right: NDArray[np.bool_], weights: Floats) -> Logistic:
    model = LogisticRegression(C=100.0, max_iter=5000).fit(table, right, sample_weight=weights)
    values = {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.coef_[0], strict=True)}
    return Logistic(bias=round(float(model.intercept_[0]), 4), weights=values)


def _cut_offs(probabilities: Floats, right: NDArray[np.bool_], weights: Floats) -> Iterator[CutOff]:
    """For each bound the least probability from which on the answered examples keep within it."""
    order = np.argsort(-probabilities)
    answered = np.cumsum(weights[order])
    wrong = np.cumsum((weights * ~right)[order])
    for bound in BOUNDS:
        within = np.flatnonzero(wrong / answered <= bound)
        # A handful of answers that happen to be right proves nothing.
        last = max(int(within[-1]) if len(within) else 0, 20)
        yield CutOff(max_wrong_rate=bound, probability=round(float(probabilities[order[last]]), 4))


def _check(calibration: Calibration, examples: Sequence[Example]) -> None:
    weights = _weights(examples)
    inside = np.array([example.kind == "in" for example in examples])
    right = np.array([example.first_right for example in examples])
    probabilities = np.array([calibration.first.probability(example.features) for example in examples])
    for cut in calibration.cut_offs:
        answered = probabilities >= cut.probability
        wrong = float((weights * ~right)[answered].sum() / max(weights[answered].sum(), 1e-9))
        print(f"bound {cut.max_wrong_rate}: wrong {wrong:.4f}, coverage {answered[inside].mean():.3f}")


if __name__ == "__main__":
    main()
