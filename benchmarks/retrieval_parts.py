"""What answers with: the whole of it, or without a part, so that each part's gain can be measured alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.embedder.port import Embedder
from knowledge_base.index.version import IndexVersion
from knowledge_base.reranker.looking_again import SecondStage
from knowledge_base.reranker.port import Reranker

PARTS = ("lexical", "answers", "checks", "reranker")
"""Wording in the order of entries; what answers hold of the question; objections; a reranker, where one is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    embedder: Embedder
    policy: Policy
    wording_counts: bool
    second: SecondStage | None

    @classmethod
    def without(
        cls, parts: Collection[str], embedder: Embedder, reranker: Reranker | None, *, max_wrong_rate: float
    ) -> Answering:
        """``parts``: of ``PARTS``, those to leave out."""
        answers = "answers" not in parts
        policy = Policy(
            calibration=shipped_calibration(),
            max_wrong_rate=max_wrong_rate,
            answers_searched=answers,
            checks="checks" not in parts,
        )
        asked = None if "reranker" in parts else reranker
        second = SecondStage(reranker=asked, answers=answers) if asked else None
        return cls(embedder=embedder, policy=policy, wording_counts="lexical" not in parts, second=second)

    def opened(self, folder: Path) -> IndexVersion:
        return IndexVersion.open(folder, wording_counts=self.wording_counts)
