"""What the knowledge base asks of a reranker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    """Reads a question and a text together, which an embedder cannot. Blocking; used from one thread at a time."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text fits the question, 0 to 1, in the order of ``texts``; no texts give none."""
