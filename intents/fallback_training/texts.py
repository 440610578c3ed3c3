"""The texts to learn from: sentences of intents, what is not for us, and questions for the knowledge base."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sparse
import yaml
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from intents.components.background import read_background
from intents.fallback_model.data import Data
from intents.fallback_model.features import Floats
from intents.training_sentences import load_sentences

Encode = Callable[[Sequence[str]], Floats]
"""Texts to unit vectors, one row each."""

QUESTIONS = 1500
"""Questions that are taken, evenly spread: more of them make training longer and the model hardly better."""

SAME = 0.92
"""Cosine above which another text says what an example of an intent says; it is left out then."""

ALIKE = 0.85
"""Cosine above which other texts are ways to say one thing; those are never torn apart in cross-validation."""

NOT_FOR_US, QUESTION = 0.5, 0.3
"""What other texts count beside an example of an intent, which counts 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """``labels``: places in ``intents``, -1 for not for us, -2 for questions. ``groups``: texts alike share one."""

    intents: tuple[str, ...]
    texts: tuple[str, ...]
    meanings: Floats
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]

    @property
    def weights(self) -> NDArray[np.float64]:
        return np.select([self.labels >= 0, self.labels == -1], [1.0, NOT_FOR_US], QUESTION)


def gather(data: Data, encode: Encode) -> Texts:
    """Raises ValueError for data that cannot be read."""
    sentences = load_sentences(data.nlu)
    names = tuple(sorted(sentences))
    ours = [sentence for name in names for sentence in sentences[name]]
    labels = [place for place, name in enumerate(names) for _ in sentences[name]]
    strangers, questions = _others(data)
    others = list(dict.fromkeys([*strangers, *questions]))
    meanings, of_others = encode(ours), encode(others)
    kept = np.flatnonzero((of_others @ meanings.T).max(axis=1) < SAME)
    _, alike = connected_components(sparse.csr_matrix(of_others[kept] @ of_others[kept].T > ALIKE))
    not_for_us = set(strangers)
    return Texts(
        intents=names,
        texts=(*ours, *(others[place] for place in kept)),
        meanings=np.vstack([meanings, of_others[kept]]),
        labels=np.array([*labels, *(-1 if others[place] in not_for_us else -2 for place in kept)]),
        groups=np.concatenate([np.arange(len(ours)), alike + len(ours)]),
    )


def _others(data: Data) -> tuple[list[str], list[str]]:
    """Not for us, and questions."""
    told = read_background(**data.background(), root=data.root)
    questions = list(dict.fromkeys([*told.questions, *_phrasings(data.shop)]))
    return list(told.not_for_us), questions[:: max(1, len(questions) // QUESTIONS)]


def _phrasings(folder: Path) -> list[str]:
    """All of all FAQ entries."""
    found: list[str] = []
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for file in sorted(folder.glob("*.yml")):
        for entry in yaml.load(file.read_text(encoding="utf-8"), Loader=loader):  # noqa: S506 - a safe loader
            found += [entry["question"], *entry.get("similar", [])]
    return found
