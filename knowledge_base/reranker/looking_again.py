"""Has a reranker look at what an index found. Blocking, as the reranker is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge_base.index.version import Finding, Match
from knowledge_base.reranker.port import Reranker

LOOKED_AT = 10
"""Entries; what the first stage puts behind them stays there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStage:
    """``answers``: the reranker reads the entries' answers too, not only their nearest phrasings."""

    reranker: Reranker
    answers: bool = True

    def looked_again(self, tidied: str, finding: Finding) -> Finding:
        """The finding with what the reranker thinks of each of the first ten: of an entry's texts the one that fits
        best. The order stays as the index has it; ``second_look`` reads both.
        """
        looked_at = finding.matches[:LOOKED_AT]
        if not tidied or not looked_at:
            return finding
        texts = [self._texts(match) for match in looked_at]
        scores = iter(self.reranker.scores(tidied, [text for held in texts for text in held]))
        again = [
            replace(match, reranked=max(next(scores) for _ in held))
            for match, held in zip(looked_at, texts, strict=True)
        ]
        return replace(finding, matches=(*again, *finding.matches[LOOKED_AT:]))

    def _texts(self, match: Match) -> Sequence[str]:
        return (match.phrasing, match.entry.answer) if self.answers else (match.phrasing,)
