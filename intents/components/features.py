"""Texts as numbers: which characters and syllables they have (rare ones count more), and what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from intents.components.sentence_encoder import Floats
from intents.components.wording import sounds, without_numbers

LONGEST_RUN = 2
"""Characters, or syllables, that are looked at together; cross-validation found three no better."""


class Features:
    """Made from the training texts; the same afterwards for every message."""

    def __init__(self, characters: TfidfVectorizer, syllables: TfidfVectorizer) -> None:
        self._characters = characters
        self._syllables = syllables

    @classmethod
    def of(cls, texts: Sequence[str]) -> Features:
        plain = [without_numbers(text) for text in texts]
        return cls(_characters().fit(plain), _syllables().fit(plain))

    def matrix(self, texts: Sequence[str], meanings: Floats) -> sparse.csr_matrix:
        """(texts, features). ``meanings``: the texts' vectors, (texts, width)."""
        plain = [without_numbers(text) for text in texts]
        parts = (self._characters.transform(plain), self._syllables.transform(plain))
        return sparse.hstack([*parts, sparse.csr_matrix(meanings)]).tocsr()

    def to_stored(self) -> dict[str, Any]:
        """JSON: the vocabularies in order, and how much each of it counts."""
        named = {"characters": self._characters, "syllables": self._syllables}
        return {
            name: {
                "vocabulary": list(one.get_feature_names_out()),
                "idf": [float(f"{x:.6g}") for x in one.idf_],
            }
            for name, one in named.items()
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Features:
        return cls(_restored(_characters, stored["characters"]), _restored(_syllables, stored["syllables"]))


def _characters(vocabulary: Sequence[str] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char",
        ngram_range=(1, LONGEST_RUN),
        sublinear_tf=True,
        vocabulary=vocabulary,
        dtype=np.float64,
    )


def _syllables(vocabulary: Sequence[str] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(
        tokenizer=sounds,
        token_pattern=None,
        ngram_range=(1, LONGEST_RUN),
        sublinear_tf=True,
        vocabulary=vocabulary,
        dtype=np.float64,
    )


def _restored(make: Any, stored: Mapping[str, Any]) -> TfidfVectorizer:
    vectorizer = make(stored["vocabulary"])
    vectorizer.idf_ = np.array(stored["idf"])
    return vectorizer
