"""A text is embedded once, and its vector is the same whenever it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedder.remembering import RememberingEmbedder


class Counting:
    """Gives each text a vector of its own, and counts what it was asked."""

    identity = "counting"
    width = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.extend(texts)
        return np.array([[len(text), ord(text[0])] for text in texts], dtype=np.float32).reshape(-1, 2)


def test_a_text_is_embedded_once() -> None:
    inner = Counting()
    embedder = RememberingEmbedder(inner, size=10)

    first = embedder.encode(["甲", "乙乙", "甲"])
    second = embedder.encode(["乙乙", "丙"])

    assert inner.asked == ["甲", "乙乙", "丙"]
    assert np.array_equal(first[[0, 1]], first[[2, 1]])
    assert np.array_equal(second[0], first[1])


def test_the_longest_unused_is_forgotten_first() -> None:
    inner = Counting()
    embedder = RememberingEmbedder(inner, size=2)

    for text in ("甲", "乙", "甲", "丙", "甲", "乙"):
        embedder.encode([text])

    assert inner.asked == ["甲", "乙", "丙", "乙"]


def test_a_batch_larger_than_the_memory_comes_back_whole() -> None:
    embedder = RememberingEmbedder(Counting(), size=1)

    assert embedder.encode(["甲", "乙", "丙"]).shape == (3, 2)
    assert embedder.encode([]).shape == (0, 2)


def test_without_memory_everything_is_embedded_anew() -> None:
    inner = Counting()
    embedder = RememberingEmbedder(inner, size=0)

    embedder.encode(["甲"])
    embedder.encode(["甲"])

    assert inner.asked == ["甲", "甲"]
