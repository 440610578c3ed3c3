"""The order of entries after a second look: do their answers speak of what is asked, and what a reranker says. Pure.

What the calibration judges by is the index's own order and figures, which a second look leaves as they are. It decides
which entries are offered, and may stop an outright answer, but gives none; see docs/decisions/0023-second-look.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge_base.index.version import Match

ANSWER_SHARE = 0.4
"""Weight of ``Match.answered`` beside the score; measured, see the decision record."""

RERANKER_SHARE = 0.5
"""Weight of ``Match.reranked``: a reranker that is sure outweighs what mostly lies between neighbours in the order."""


def second_look(matches: Sequence[Match], *, answers: bool) -> tuple[Match, ...]:
    """``matches``, which are in the index's order, in the order of both stages and with the scores of both.

    ``answers``: whether what the answers hold of the question counts. Equal ones keep their order.
    """
    again = [replace(match, score=match.score + _added(match, answers=answers)) for match in matches]
    return tuple(sorted(again, key=lambda match: -match.score))


def _added(match: Match, *, answers: bool) -> float:
    return ANSWER_SHARE * match.answered * answers + RERANKER_SHARE * match.reranked
